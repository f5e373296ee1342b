package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.image.CoffImage;
import dev.calotype.image.ElfImage;
import dev.calotype.image.Image;
import dev.calotype.image.MachOImage;
import dev.calotype.image.PeImage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What only one format has, as an object named after the format: docs/inspect-json.md. */
final class FormatJson {
  private FormatJson() {}

  static void write(Image image, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart(image.format().id());
    switch (image) {
      case ElfImage elf -> elf(elf, json);
      case MachOImage macho -> macho(macho, json);
      case CoffImage coff -> coff(coff, json);
      case PeImage pe -> pe(pe, json);
    }
    json.writeEndObject();
  }

  private static void elf(ElfImage elf, JsonGenerator json) throws IOException {
    json.writeNumberField("osAbi", elf.osAbi());
    json.writeNumberField("flags", elf.flags());
    JsonLines.unsigned(json, "entryPoint", elf.entryPoint());
    text(json, "interpreter", elf.interpreter());
    text(json, "soname", elf.soname());
    text(json, "runPath", elf.runPath());
    json.writeArrayFieldStart("neededVersions");
    for (ElfImage.NeededVersion version : elf.neededVersions()) {
      json.writeStartObject();
      json.writeStringField("library", version.library());
      json.writeStringField("version", version.version());
      json.writeBooleanField("weak", version.isWeak());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("definedVersions");
    for (ElfImage.DefinedVersion version : elf.definedVersions()) {
      if (!version.isBase()) {
        json.writeString(version.version());
      }
    }
    json.writeEndArray();
  }

  private static void macho(MachOImage macho, JsonGenerator json) throws IOException {
    json.writeNumberField("cpuSubtype", Integer.toUnsignedLong(macho.cpuSubtype()));
    json.writeNumberField("flags", macho.flags());
    text(json, "installName", macho.installName());
    Optional<MachOImage.BuildVersion> build = macho.buildVersion();
    if (build.isPresent()) {
      json.writeObjectFieldStart("buildVersion");
      json.writeStringField("platform", build.get().platform());
      json.writeStringField("minimum", build.get().minimumVersion());
      json.writeStringField("sdk", build.get().sdkVersion());
      json.writeEndObject();
    } else {
      json.writeNullField("buildVersion");
    }
    json.writeArrayFieldStart("dylibs");
    for (MachOImage.Dylib dylib : macho.dylibs()) {
      json.writeStartObject();
      json.writeStringField("name", dylib.name());
      json.writeStringField("command", dylib.command());
      json.writeStringField("currentVersion", dylib.currentVersion());
      json.writeStringField("compatibilityVersion", dylib.compatibilityVersion());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("loadCommands");
    for (MachOImage.LoadCommand command : macho.loadCommands()) {
      json.writeStartObject();
      json.writeStringField("name", command.name());
      JsonLines.unsigned(json, "offset", command.offset());
      json.writeNumberField("size", command.bytes().byteSize());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void coff(CoffImage coff, JsonGenerator json) throws IOException {
    json.writeNumberField("characteristics", coff.characteristics());
    json.writeNumberField("timeDateStamp", coff.timeDateStamp());
    json.writeBooleanField("bigObject", coff.isBigObject());
    Optional<CoffImage.ImportObject> imported = coff.importObject();
    if (imported.isPresent()) {
      json.writeObjectFieldStart("import");
      json.writeStringField("symbol", imported.get().symbol());
      json.writeStringField("library", imported.get().library());
      json.writeStringField("type", imported.get().type());
      json.writeStringField("nameType", imported.get().nameType());
      json.writeNumberField("ordinalOrHint", imported.get().ordinalOrHint());
      json.writeEndObject();
    } else {
      json.writeNullField("import");
    }
  }

  private static void pe(PeImage pe, JsonGenerator json) throws IOException {
    json.writeNumberField("characteristics", pe.characteristics());
    json.writeNumberField("timeDateStamp", pe.timeDateStamp());
    json.writeNumberField("entryPoint", pe.entryPoint());
    JsonLines.unsigned(json, "imageBase", pe.imageBase());
    json.writeNumberField("sizeOfImage", pe.sizeOfImage());
    json.writeNumberField("sectionAlignment", pe.sectionAlignment());
    json.writeNumberField("fileAlignment", pe.fileAlignment());
    json.writeNumberField("subsystem", pe.subsystem());
    json.writeNumberField("dllCharacteristics", pe.dllCharacteristics());
    text(json, "exportName", pe.exportName());
    texts(json, "delayNeeded", pe.delayNeeded());
    json.writeArrayFieldStart("dataDirectories");
    for (PeImage.DataDirectory directory : pe.dataDirectories()) {
      json.writeStartObject();
      json.writeStringField("name", directory.name());
      json.writeNumberField("address", directory.address());
      json.writeNumberField("size", directory.size());
      json.writeEndObject();
    }
    json.writeEndArray();
    Optional<PeImage.Pdb> pdb = pe.pdb();
    if (pdb.isPresent()) {
      json.writeObjectFieldStart("pdb");
      json.writeStringField("guid", pdb.get().guid());
      json.writeNumberField("age", pdb.get().age());
      json.writeStringField("path", pdb.get().path());
      json.writeEndObject();
    } else {
      json.writeNullField("pdb");
    }
  }

  private static void text(JsonGenerator json, String field, Optional<String> text)
      throws IOException {
    json.writeStringField(field, text.orElse(null));
  }

  /** An array of texts. */
  static void texts(JsonGenerator json, String field, List<String> texts) throws IOException {
    json.writeArrayFieldStart(field);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }
}
