package dev.calotype.examples.sepia;

import dev.calotype.MalformedImageException;
import dev.calotype.graph.Fingerprint;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.stream.Metadata;
import dev.calotype.stream.MetadataReader;
import dev.calotype.stream.MetadataWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What is known on this machine of a program: what its files looked like, so that what has not
 * changed need not be read again; which modules it had, so that nothing else need be asked if none
 * has; what the compiler says of itself, so that it need not be started. Losing it costs that.
 */
final class Memory {
  private static final String SECTION = "files";
  private static final String FORMAT = "sepia memory 2";

  private final Path file;
  private final SortedMap<String, Known> known = new TreeMap<>();

  /** What was read and not decoded into {@link #known} yet: a start need not. */
  private Optional<MemorySegment> encoded = Optional.empty();

  private long files;
  private Program program = Program.NONE;
  private String compilerFile = "";
  private String compiler = "";
  private boolean isChanged;

  /**
   * A file as it was found.
   *
   * @param key stands for its name
   * @param state what it looked like
   * @param content stands for its content
   */
  record Known(Fingerprint key, FileState state, Fingerprint content) {}

  /**
   * A program as it was built last.
   *
   * @param fingerprint stands for the keys of all its modules
   * @param compiler the compiler's identity
   * @param modules their names, in the order in which they were found
   */
  record Program(Fingerprint fingerprint, String compiler, List<String> modules) {
    static final Program NONE = new Program(new Fingerprint(0, 0), "", List.of());
  }

  private Memory(Path file) {
    this.file = file;
  }

  /** The memory in a file; empty if it is not there or can't be read. */
  static Memory open(Path file) throws IOException {
    Memory memory = new Memory(file);
    // What it says is verified as it is read.
    Expectations expected = Expectations.none().withCompiler(FORMAT);
    try (Validity validity = DataFile.check(file, expected)) {
      if (validity instanceof Validity.Fresh fresh) {
        DataSection section = fresh.data().section(SECTION).orElseThrow();
        memory.read(section.load(Arena.ofAuto()));
      }
      return memory;
    } catch (MalformedImageException e) {
      return new Memory(file);
    }
  }

  /** All files by name, as they were found before or since. */
  SortedMap<String, Known> files() {
    readFiles();
    return known;
  }

  /** The program as it was built last, whatever its files are now. */
  Program program() {
    return program;
  }

  /** Whether no file of the program looks different from when it was built last. */
  boolean isUnchanged(Project project) throws IOException {
    if (encoded.isEmpty()) {
      return false; // It is a first build, or there was reason to look.
    }
    MetadataReader in = reader().at(files);
    try {
      for (int left = in.unsigned32(); left > 0; left--) {
        Path path = project.path(in.string());
        in.fixed128();
        if (!state(in).equals(FileState.of(path))) {
          return false;
        }
        in.fixed128();
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Remembers a program, and of files only its own.
   *
   * @param files the names of all files that it is made from
   */
  void setProgram(Program built, Set<String> files) {
    readFiles();
    isChanged |= !built.equals(program) || !known.keySet().equals(files);
    program = built;
    known.keySet().retainAll(files);
  }

  /**
   * Stands for the content of a file, which is read only if it looks different.
   *
   * @param name what it is called here
   * @return empty if there is no such file
   */
  Optional<Fingerprint> content(String name, Path path) throws IOException {
    long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    FileState state;
    try {
      state = FileState.of(path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    readFiles();
    Known before = known.get(name);
    if (before != null && before.state().equals(state)) {
      return Optional.of(before.content());
    }
    Fingerprint content = Fingerprints.of(Files.readAllBytes(path));
    // What was written just now may be written again, and look the same.
    FileState kept = state.isOlderThan(now) ? state : new FileState(-1, 0, 0, 0);
    Known found = new Known(Fingerprints.of(name), kept, content);
    isChanged |= !found.equals(known.put(name, found));
    return Optional.of(content);
  }

  /** What the compiler in that file said of itself. */
  Optional<String> compiler(String file) {
    return compilerFile.equals(file) ? Optional.of(compiler) : Optional.empty();
  }

  /** What the last compiler said, whichever it was; empty if there was none. */
  String compiler() {
    return compiler;
  }

  void setCompiler(String file, String identity) {
    isChanged = true;
    compilerFile = file;
    compiler = identity;
  }

  /** Writes it if anything is new. */
  void save() throws IOException {
    if (!isChanged) {
      return;
    }
    readFiles();
    // Durable, since what is published fast is looked up among the proven before each use.
    WriteOptions options = WriteOptions.standard().withReplace(true);
    try (Arena arena = Arena.ofConfined();
        MetadataWriter out = MetadataWriter.create(file, true);
        DataFileWriter data = DataFileWriter.create(file, options.withCompiler(FORMAT))) {
      write(out);
      try (Metadata written = out.finish(arena)) {
        DataWriter.section(data, SECTION, written.bytes());
      }
      data.publish();
    }
  }

  private void write(MetadataWriter out) {
    out.string(compilerFile).string(compiler);
    out.fixed128(program.fingerprint().high(), program.fingerprint().low());
    out.string(program.compiler()).unsigned32(program.modules().size());
    program.modules().forEach(out::string);
    out.unsigned32(known.size());
    known.forEach((name, it) -> {
      out.string(name).fixed128(it.key().high(), it.key().low());
      out.fixed64(it.state().size()).fixed64(it.state().modified());
      out.fixed64(it.state().changed()).fixed64(it.state().inode());
      out.fixed128(it.content().high(), it.content().low());
    });
  }

  private MetadataReader reader() {
    return MetadataReader.of(encoded.orElseThrow(), file.toString());
  }

  private void read(MemorySegment bytes) {
    encoded = Optional.of(bytes);
    MetadataReader in = reader();
    compilerFile = in.string();
    compiler = in.string();
    Fingerprint built = fingerprint(in);
    String builtBy = in.string();
    List<String> modules = new ArrayList<>();
    for (int left = in.unsigned32(); left > 0; left--) {
      modules.add(in.string());
    }
    program = new Program(built, builtBy, List.copyOf(modules));
    files = in.position();
  }

  private void readFiles() {
    if (encoded.isEmpty()) {
      return;
    }
    MetadataReader in = reader().at(files);
    for (int left = in.unsigned32(); left > 0; left--) {
      String name = in.string();
      Fingerprint key = fingerprint(in);
      FileState state = state(in);
      known.put(name, new Known(key, state, fingerprint(in)));
    }
    encoded = Optional.empty();
  }

  private static FileState state(MetadataReader in) {
    return new FileState(in.fixed64(), in.fixed64(), in.fixed64(), in.fixed64());
  }

  private static Fingerprint fingerprint(MetadataReader in) {
    long low = in.fixed128();
    return new Fingerprint(in.high(), low);
  }
}
