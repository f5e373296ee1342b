package dev.calotype.cache;

import dev.calotype.Durability;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.Origin;
import dev.calotype.ji.WriteOptions;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Takes the files of an entry that is being built: at most one data file, any number of code
 * objects for it, and of others. They are published together when the builder returns, or not at
 * all.
 *
 * <p>A name has 1 to 100 of the characters {@code A-Z a-z 0-9 . _ + -}, the first one a letter or a
 * digit, and each is given once; {@link IllegalArgumentException} otherwise. Not safe for use by
 * several threads.
 */
public final class Draft {
  private static final int BUFFER = 1 << 16;

  private final Path folder;
  private final WriteOptions options;
  private final Durability durability;
  private final SortedSet<String> names = new TreeSet<>();

  /** Takes files in a folder, which the store is going to make as durable as that. */
  Draft(Path folder, String compiler, Durability durability) {
    this.folder = folder;
    this.durability = durability;
    this.options =
        WriteOptions.standard().withDurability(Durability.DEFERRED).withCompiler(compiler);
  }

  /**
   * Starts the data file, which records the key's compiler. Publish the writer before the builder
   * returns: that is what makes the file whole; it appears in the store later.
   */
  public DataFileWriter data(String name) throws IOException {
    return data(name, options.origin());
  }

  /** Starts the data file, which records this. */
  public DataFileWriter data(String name, Origin origin) throws IOException {
    DataFileWriter writer = DataFileWriter.create(file(name), options.withOrigin(origin));
    if (durability == Durability.DURABLE) {
      writer.writeBehind();
    }
    return writer;
  }

  /** Starts a file of another kind. Close it before the builder returns. */
  public OutputStream other(String name) throws IOException {
    FileChannel channel = PrivateFiles.open(file(name), StandardOpenOption.CREATE_NEW);
    return new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
  }

  /**
   * Where a file of any kind has to be when the builder returns: for linkers, and for what in this
   * library writes files, with {@link #options}. What it is, is found out from its content.
   */
  public Path file(String name) {
    if (!Member.isName(name)) {
      throw new IllegalArgumentException("not a name of a file in an entry: " + name);
    }
    if (!names.add(name)) {
      throw new IllegalArgumentException("two files of the name " + name);
    }
    return folder.resolve(name);
  }

  /**
   * How files of this library are written here: recording the key's compiler, and left to the store
   * to make durable.
   */
  public WriteOptions options() {
    return options;
  }

  /** The names that were given, in order. */
  SortedSet<String> names() {
    return names;
  }

  Path folder() {
    return folder;
  }
}
