package dev.calotype.report;

import java.util.ArrayList;
import java.util.List;

/** A piece of the page in the making, and the charts in it. */
final class Html {
  private final StringBuilder text = new StringBuilder();
  private final List<Object> specs = new ArrayList<>();

  /** Adds markup; each {@code %s} is replaced by an argument, escaped. */
  Html add(String format, Object... values) {
    Object[] escaped = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      escaped[i] = Show.escape(String.valueOf(values[i]));
    }
    text.append(values.length == 0 ? format : format.formatted(escaped)).append('\n');
    return this;
  }

  /** Adds a place for a chart. */
  Html chart(Json spec, String caption) {
    return add(
        "<div class=\"chart\" data-chart=\"%s\" role=\"img\" aria-label=\"%s\"></div>",
        put(spec), caption);
  }

  private int put(Json spec) {
    specs.add(spec);
    return specs.size() - 1;
  }

  String text() {
    return text.toString();
  }

  /** All charts as one JSON array, which no script element can end in. */
  String specs() {
    return new Json(specs).write().replace("<", "\\u003c");
  }
}
