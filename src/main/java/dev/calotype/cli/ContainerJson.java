package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.Binary;
import dev.calotype.image.Container;
import dev.calotype.image.Format;
import dev.calotype.image.Image;
import dev.calotype.image.Member;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A container and what is in it, as one JSON object: docs/inspect-json.md. */
final class ContainerJson {
  private final boolean listsSymbols;
  private Optional<Failure> damage = Optional.empty();

  private ContainerJson(boolean listsSymbols) {
    this.listsSymbols = listsSymbols;
  }

  /**
   * Writes the fields of the object that stands for a container.
   *
   * @return the first damage found in it or its members
   */
  static Optional<Failure> write(
      Container container, String file, boolean listsSymbols, JsonGenerator json)
      throws IOException {
    ContainerJson writer = new ContainerJson(listsSymbols);
    writer.container(container, file, json);
    return writer.damage;
  }

  private void container(Container container, String file, JsonGenerator json) throws IOException {
    json.writeStringField("file", file);
    json.writeStringField("format", container.format().id());
    json.writeStringField("type", container.type());
    json.writeNumberField("size", container.bytes().byteSize());
    Optional<Failure> broken = Optional.empty();
    try {
      json.writeNumberField("indexedSymbols", LinkageJson.count(container.symbolIndex()));
    } catch (MalformedImageException e) {
      broken = Optional.of(Failure.of(e, file));
    }
    List<Member> members = List.of();
    try {
      members = container.members();
    } catch (MalformedImageException e) {
      broken = broken.or(() -> Optional.of(Failure.of(e, file)));
    }
    json.writeArrayFieldStart(container.format() == Format.FAT ? "slices" : "members");
    for (Member member : members) {
      json.writeStartObject();
      member(member, json);
      json.writeEndObject();
    }
    json.writeEndArray();
    if (broken.isPresent()) {
      json.writeStringField("error", broken.get().reason());
      found(broken);
    }
  }

  private void member(Member member, JsonGenerator json) throws IOException {
    json.writeStringField("name", member.name());
    JsonLines.unsigned(json, "offset", member.offset());
    Binary binary;
    try {
      binary = member.binary();
    } catch (UnsupportedFormatException e) {
      // Archives may hold anything, so that is no error.
      json.writeNullField("format");
      json.writeStringField("found", e.found());
      JsonLines.unsigned(json, "size", member.size());
      return;
    } catch (MalformedImageException e) {
      Failure failure = Failure.of(e, e.file());
      json.writeStringField("file", e.file());
      json.writeStringField("error", failure.reason());
      found(Optional.of(failure));
      return;
    }
    switch (binary) {
      case Image image -> {
        Inspection inspection =
            new Inspection(
                image,
                image.file(),
                Optional.empty(),
                Optional.empty(),
                listsSymbols,
                Optional.empty());
        ImageJson.write(inspection, json);
        found(inspection.damage());
      }
      case Container inner -> container(inner, inner.file(), json);
    }
  }

  private void found(Optional<Failure> more) {
    damage = damage.or(() -> more);
  }
}
