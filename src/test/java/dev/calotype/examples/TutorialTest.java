package dev.calotype.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code of docs/tutorial.md is that of the examples, which other tests compile and run. */
final class TutorialTest {
  private static final Path DOCS = Path.of(System.getProperty("calotype.root", ""), "docs");
  private static final Pattern SOURCE = Pattern.compile("^From \\[.*\\]\\((.*)\\):$");

  /** A block of code, without its fences, and the file that it is said to be from. */
  private record Block(String file, List<String> lines) {}

  @Test
  void everyBlockOfCodeStandsInTheFileThatItIsFrom() throws IOException {
    List<Block> blocks = blocks(Files.readAllLines(DOCS.resolve("tutorial.md")));
    assertThat(blocks).hasSizeGreaterThan(8);
    for (Block block : blocks) {
      List<String> source = Files.readAllLines(DOCS.resolve(block.file()));
      assertThat(Collections.indexOfSubList(source, block.lines()))
          .as("%s has not: %s", block.file(), String.join("\n", block.lines()))
          .isNotNegative();
    }
  }

  private static List<Block> blocks(List<String> page) {
    List<Block> blocks = new ArrayList<>();
    String file = "";
    for (int i = 0; i < page.size(); i++) {
      Matcher source = SOURCE.matcher(page.get(i));
      if (source.matches()) {
        file = source.group(1);
      } else if (page.get(i).startsWith("```")) {
        int end = i + 1;
        while (!page.get(end).equals("```")) {
          end++;
        }
        assertThat(file).as("where the block in line %d is from", i + 1).isNotEmpty();
        blocks.add(new Block(file, List.copyOf(page.subList(i + 1, end))));
        file = "";
        i = end;
      }
    }
    return blocks;
  }
}
