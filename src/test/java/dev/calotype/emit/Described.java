package dev.calotype.emit;

import dev.calotype.image.Format;
import dev.calotype.testing.Readobj;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** An object in a few lines, by llvm-readobj: what it is for, its sections, symbols and notes. */
final class Described {
  private static final String STACK = ".note.GNU-stack PROGBITS align 1";

  private Described() {}

  /** What llvm-readobj says of a file. */
  static List<String> of(Path object, Format format) {
    Readobj all =
        Readobj.of(
            object, "--file-header", "--sections", "--symbols", "--notes", "--macho-version-min");
    List<String> lines = new ArrayList<>();
    switch (format) {
      case ELF -> elf(all, lines);
      case COFF -> coff(all, lines);
      default -> macho(all, lines);
    }
    return lines;
  }

  /** The same without the one section that rustc leaves out. */
  static List<String> asRustWouldHaveIt(List<String> lines) {
    return lines.stream().filter(line -> !line.equals(STACK)).toList();
  }

  /** What an object has to be, by what rustc 1.95 writes for the same target and shape. */
  static List<String> expected(Wrap wrap) {
    boolean carried = wrap.shape() == WrapShape.CARRIED;
    List<String> lines = new ArrayList<>(List.of(header(wrap.target())));
    switch (wrap.target().target().format()) {
      case ELF -> {
        if (hasProperty(wrap.target())) {
          lines.add(".note.gnu.property NOTE align 8");
        }
        lines.add(
            wrap.section()
                + " PROGBITS"
                + (carried ? " EXCLUDE" : "")
                + " align "
                + wrap.alignment());
        lines.add(STACK);
        lines.addAll(
            List.of(
                ".symtab SYMTAB align 8", ".strtab STRTAB align 1", ".shstrtab STRTAB align 1"));
        wrap.symbol().ifPresent(name -> lines.add(name + " Global Object 0 " + wrap.section()));
        switch (wrap.target()) {
          case X86_64_LINUX -> lines.add("note x86 feature: IBT, SHSTK");
          case AARCH64_LINUX -> lines.add("note aarch64 feature: BTI, PAC");
          default -> {}
        }
      }
      case COFF -> {
        String alignment = "ALIGN_%dBYTES".formatted(wrap.alignment());
        lines.add(
            wrap.section()
                + " "
                + alignment
                + (carried ? " LNK_REMOVE" : " CNT_INITIALIZED_DATA MEM_READ"));
        int feature = wrap.target() == ObjectTarget.I686_WINDOWS ? 1 : 0;
        lines.add("@feat.00 Static %d IMAGE_SYM_ABSOLUTE".formatted(feature));
        String prefix = feature == 1 ? "_" : "";
        wrap.symbol().ifPresent(name -> lines.add(prefix + name + " External 0 " + wrap.section()));
      }
      default -> {
        String segment = carried ? "__DWARF" : "__DATA";
        int power = Long.numberOfTrailingZeros(wrap.alignment());
        lines.add(
            "%s,%s Regular align 2^%d%s"
                .formatted(segment, wrap.section(), power, carried ? " Debug" : ""));
        wrap.symbol()
            .ifPresent(name -> lines.add("_%s Section 0x0 %s".formatted(name, wrap.section())));
        boolean isArm = wrap.target() == ObjectTarget.AARCH64_MACOS;
        lines.add("macos " + (isArm ? "11.0" : "10.12"));
      }
    }
    return lines;
  }

  private static String header(ObjectTarget target) {
    return switch (target) {
      case X86_64_LINUX -> "elf64-x86-64 EM_X86_64 LittleEndian";
      case AARCH64_LINUX -> "elf64-littleaarch64 EM_AARCH64 LittleEndian";
      case RISCV64_LINUX ->
          "elf64-littleriscv EM_RISCV LittleEndian EF_RISCV_FLOAT_ABI_DOUBLE EF_RISCV_RVC";
      case S390X_LINUX -> "elf64-s390 EM_S390 BigEndian";
      case X86_64_WINDOWS, X86_64_MINGW -> "COFF-x86-64 IMAGE_FILE_MACHINE_AMD64";
      case I686_WINDOWS -> "COFF-i386 IMAGE_FILE_MACHINE_I386";
      case AARCH64_WINDOWS -> "COFF-ARM64 IMAGE_FILE_MACHINE_ARM64";
      case X86_64_MACOS -> "Mach-O 64-bit x86-64 X86-64 CPU_SUBTYPE_X86_64_ALL Relocatable";
      case AARCH64_MACOS -> "Mach-O arm64 Arm64 CPU_SUBTYPE_ARM64_ALL Relocatable";
    };
  }

  private static boolean hasProperty(ObjectTarget target) {
    return target == ObjectTarget.X86_64_LINUX || target == ObjectTarget.AARCH64_LINUX;
  }

  private static void elf(Readobj all, List<String> lines) {
    Readobj header = all.all("ElfHeader").getFirst();
    String order = header.all("Ident").getFirst().word("DataEncoding");
    lines.add(
        "%s %s %s%s"
            .formatted(all.text("Format"), header.word("Machine"), order, flags(header, "")));
    for (Readobj section : sections(all).subList(1, sections(all).size())) {
      lines.add(
          "%s %s%s align %s"
              .formatted(
                  section.word("Name"),
                  section.word("Type").replace("SHT_", ""),
                  flags(section, "SHF_"),
                  section.text("AddressAlignment")));
    }
    for (Readobj symbol : all.all("Symbol").stream().skip(1).toList()) {
      lines.add(
          "%s %s %s %d %s"
              .formatted(
                  symbol.word("Name"),
                  symbol.word("Binding"),
                  symbol.word("Type"),
                  symbol.number("Value"),
                  symbol.word("Section")));
    }
    for (Readobj property : all.all("Property")) {
      lines.add("note " + property.children().getFirst().name() + ": " + value(property));
    }
  }

  private static String value(Readobj property) {
    return property.children().getFirst().value();
  }

  private static void coff(Readobj all, List<String> lines) {
    lines.add(all.text("Format") + " " + all.all("ImageFileHeader").getFirst().word("Machine"));
    for (Readobj section : sections(all)) {
      lines.add(section.word("Name") + flags(section, "IMAGE_SCN_"));
    }
    for (Readobj symbol : all.all("Symbol")) {
      lines.add(
          "%s %s %s %s"
              .formatted(
                  symbol.text("Name"),
                  symbol.word("StorageClass"),
                  symbol.text("Value"),
                  symbol.word("Section")));
    }
  }

  /** Those of the table: a symbol's is only named. */
  private static List<Readobj> sections(Readobj all) {
    return all.all("Section").stream().filter(section -> !section.children().isEmpty()).toList();
  }

  private static void macho(Readobj all, List<String> lines) {
    Readobj header = all.all("MachHeader").getFirst();
    lines.add(
        "%s %s %s %s"
            .formatted(
                all.text("Format"),
                header.word("CpuType"),
                header.word("CpuSubType"),
                header.word("FileType")));
    for (Readobj section : sections(all)) {
      lines.add(
          "%s,%s %s align 2^%s%s"
              .formatted(
                  section.word("Segment"),
                  section.word("Name"),
                  section.word("Type"),
                  section.text("Alignment"),
                  flags(section, "")));
    }
    for (Readobj symbol : all.all("Symbol")) {
      lines.add(
          "%s %s %s %s"
              .formatted(
                  symbol.word("Name"),
                  symbol.word("Type"),
                  symbol.text("Value"),
                  symbol.word("Section")));
    }
    for (Readobj version : all.all("MinVersion")) {
      lines.add("%s %s".formatted(version.text("Platform"), version.text("Version")));
    }
  }

  /** The names of a block of flags, without what they all start with. */
  private static String flags(Readobj node, String prefix) {
    return node.children().stream()
        .filter(child -> List.of("Flags", "Characteristics", "Attributes").contains(child.name()))
        .flatMap(child -> child.children().stream())
        .map(flag -> " " + flag.name().replaceFirst(" \\(.*", "").replaceFirst("^" + prefix, ""))
        .collect(Collectors.joining());
  }
}
