import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ratios of benches to a peer of the same class, over several runs of JMH.
 *
 * <p>{@code java tools/Ratios.java PEER RESULT.json...} takes the results of runs with one fork
 * each and prints for each bench the median of the runs' ratios to PEER, the lowest and the
 * highest, the median score, and the bytes allocated per operation. PEER is the last word of a
 * method's name: of {@code c}, {@code findOurs} is compared with {@code findC}, or with {@code c}
 * if there is none. See bench/README.md.
 */
final class Ratios {
  private static final Pattern RESULT =
      Pattern.compile("\"benchmark\" : \"([^\"]+)\".*?(?=\"benchmark\" :|\\z)", Pattern.DOTALL);
  private static final Pattern PARAMETER =
      Pattern.compile("\"params\" : \\{(.*?)\\}", Pattern.DOTALL);
  private static final Pattern SCORE =
      Pattern.compile("\"primaryMetric\" : \\{\\s+\"score\" : ([0-9.E+-]+)", Pattern.DOTALL);
  private static final Pattern UNIT = Pattern.compile("\"scoreUnit\" : \"([^\"]+)\"");
  private static final Pattern ALLOCATED =
      Pattern.compile("gc.alloc.rate.norm\" : \\{\\s+\"score\" : ([0-9.E+-]+)", Pattern.DOTALL);

  private Ratios() {}

  private record Row(List<Double> ratios, List<Double> scores, List<Double> bytes, String unit) {}

  public static void main(String[] arguments) throws IOException {
    String peer = arguments[0];
    Map<String, Row> rows = new TreeMap<>();
    for (int i = 1; i < arguments.length; i++) {
      String json = Files.readString(Path.of(arguments[i]));
      Map<String, Double> scores = new TreeMap<>();
      for (Matcher result = RESULT.matcher(json); result.find(); ) {
        scores.put(result.group(1) + parameters(result.group()), number(SCORE, result.group()));
      }
      for (Matcher result = RESULT.matcher(json); result.find(); ) {
        double score = number(SCORE, result.group());
        Double other =
            peers(result.group(1), peer).stream()
                .map(name -> scores.get(name + parameters(result.group())))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        Row row =
            rows.computeIfAbsent(
                name(result.group(1)) + parameters(result.group()),
                key ->
                    new Row(
                        new ArrayList<>(),
                        new ArrayList<>(),
                        new ArrayList<>(),
                        text(UNIT, result.group())));
        row.scores.add(score);
        row.bytes.add(number(ALLOCATED, result.group()));
        if (other != null) {
          row.ratios.add(score / other);
        }
      }
    }
    System.out.printf("%-58s %7s %15s %14s %10s%n", "", "ratio", "range", "score", "B/op");
    rows.forEach((name, row) ->
        System.out.printf(
            "%-58s %7s %15s %14s %10.0f%n",
            name,
            row.ratios.isEmpty() ? "-" : "%.2f".formatted(median(row.ratios)),
            row.ratios.isEmpty()
                ? "-"
                : "%.2f – %.2f".formatted(Collections.min(row.ratios), Collections.max(row.ratios)),
            "%.1f %s".formatted(median(row.scores), row.unit.replace("/op", "")),
            median(row.bytes)));
  }

  /** What the peer of a bench may be called: after the same question, or after none. */
  private static List<String> peers(String benchmark, String peer) {
    int method = benchmark.lastIndexOf('.') + 1;
    int who = benchmark.length();
    while (who > method && !Character.isUpperCase(benchmark.charAt(who - 1))) {
      who--;
    }
    String question = benchmark.substring(0, Math.max(method, who - 1));
    String word = Character.toUpperCase(peer.charAt(0)) + peer.substring(1);
    return List.of(question + word, benchmark.substring(0, method) + peer);
  }

  private static String name(String benchmark) {
    int method = benchmark.lastIndexOf('.');
    return benchmark.substring(benchmark.lastIndexOf('.', method - 1) + 1);
  }

  private static String parameters(String result) {
    Matcher found = PARAMETER.matcher(result);
    return found.find() ? " " + found.group(1).replaceAll("[\\s\"]+", "") : "";
  }

  private static double number(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    return found.find() ? Double.parseDouble(found.group(1)) : Double.NaN;
  }

  private static String text(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    return found.find() ? found.group(1) : "";
  }

  private static double median(List<Double> numbers) {
    List<Double> sorted = new ArrayList<>(numbers);
    Collections.sort(sorted);
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
