package dev.calotype.cli;

import dev.calotype.image.CoffImage;
import dev.calotype.image.ElfImage;
import dev.calotype.image.Image;
import dev.calotype.image.MachOImage;
import dev.calotype.image.PeImage;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/** What only one format has, for people. */
final class FormatText {
  private FormatText() {}

  /** Prints what is one value each. */
  static void facts(Image image, PrintWriter to, String indent) {
    // As wide as the table of facts before it.
    Table facts = new Table(to, indent, "", "").atLeast("architecture");
    switch (image) {
      case ElfImage elf -> {
        row(facts, "loaded by", elf.interpreter());
        row(facts, "soname", elf.soname());
        row(facts, "run path", elf.runPath());
        if (elf.entryPoint() != 0) {
          facts.row("entry point", Text.hex(elf.entryPoint()));
        }
      }
      case MachOImage macho -> {
        row(facts, "install name", macho.installName());
        Optional<MachOImage.BuildVersion> build = macho.buildVersion();
        build.ifPresent(version ->
            facts.row(
                "built for",
                "%s %s, with SDK %s"
                    .formatted(
                        version.platform(), version.minimumVersion(), version.sdkVersion())));
      }
      case CoffImage coff ->
          coff.importObject()
              .ifPresent(object ->
                  facts.row(
                      "imports",
                      "%s (%s) from %s by %s"
                          .formatted(
                              object.symbol(),
                              object.type(),
                              object.library(),
                              object.nameType())));
      case PeImage pe -> {
        row(facts, "export name", pe.exportName());
        facts.row("image base", Text.hex(pe.imageBase()));
        if (pe.entryPoint() != 0) {
          facts.row("entry point", Text.hex(pe.entryPoint()));
        }
        facts.row("subsystem", subsystem(pe.subsystem()));
        if (!pe.delayNeeded().isEmpty()) {
          facts.row("needs later", String.join(", ", pe.delayNeeded()));
        }
        row(facts, "pdb", pe.pdb().map(PeImage.Pdb::path));
      }
    }
    facts.print();
  }

  /** Prints what there are several of. */
  static void tables(Image image, PrintWriter to, String indent) {
    switch (image) {
      case ElfImage elf -> {
        List<ElfImage.NeededVersion> versions = elf.neededVersions();
        if (!versions.isEmpty()) {
          ImageText.heading(to, "Needed versions", versions.size());
          Table table = new Table(to, indent, "Library", "Version", "");
          versions.forEach(version ->
              table.row(version.library(), version.version(), version.isWeak() ? "weak" : ""));
          table.print();
        }
      }
      case MachOImage macho -> {
        List<MachOImage.LoadCommand> commands = macho.loadCommands();
        ImageText.heading(to, "Load commands", commands.size());
        Table table = new Table(to, indent, ">#", "Name", ">Offset", ">Size");
        commands.forEach(command ->
            table.row(
                Integer.toString(command.index()),
                command.name(),
                Text.hex(command.offset()),
                Text.size(command.bytes().byteSize())));
        table.print();
      }
      case CoffImage _ -> {
        // Its facts are all single values.
      }
      case PeImage pe -> {
        ImageText.heading(to, "Data directories", pe.dataDirectories().size());
        Table table = new Table(to, indent, "Name", ">Address", ">Size");
        pe.dataDirectories().stream()
            .filter(directory -> directory.size() != 0)
            .forEach(directory ->
                table.row(
                    directory.name(), Text.hex(directory.address()), Text.size(directory.size())));
        table.print();
      }
    }
  }

  private static void row(Table facts, String label, Optional<String> value) {
    value.ifPresent(text -> facts.row(label, text));
  }

  /** PE/COFF, "Windows Subsystem". */
  private static String subsystem(int number) {
    return switch (number) {
      case 1 -> "native";
      case 2 -> "Windows GUI";
      case 3 -> "Windows console";
      case 9 -> "Windows CE";
      case 10 -> "EFI application";
      case 11 -> "EFI boot driver";
      case 12 -> "EFI runtime driver";
      case 13 -> "EFI ROM";
      case 16 -> "Windows boot application";
      default -> Integer.toString(number);
    };
  }
}
