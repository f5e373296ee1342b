package dev.calotype.map;

import java.io.IOException;
import java.util.Optional;

/** What is asked of a file: the sum of some of its 8-byte words. */
public enum Pattern {
  /** The first 64 bytes. */
  HEADER {
    @Override
    long answer(OpenBytes file, long size) throws IOException {
      return file.sum(0, LINE);
    }
  },
  /** A 16th of the file, at most 1 MiB, from its middle on. */
  SECTION {
    @Override
    long answer(OpenBytes file, long size) throws IOException {
      return file.sum(size / 2, (int) Math.min(size / 16, LARGEST_SECTION));
    }
  },
  /** 64 bytes of each of 1 % of the pages, drawn at random. */
  RANDOM_1_PERCENT {
    @Override
    long answer(OpenBytes file, long size) throws IOException {
      long pages = size / PAGE;
      long sum = 0;
      long draw = 1;
      for (long i = 0; i < pages / 100; i++) {
        draw = next(draw);
        sum += file.sum((draw >>> 16) % pages * PAGE, LINE);
      }
      return sum;
    }
  },
  /** All, in order. */
  SEQUENTIAL {
    @Override
    long answer(OpenBytes file, long size) throws IOException {
      long sum = 0;
      for (long at = 0; at < size; at += PAGE) {
        sum += file.sum(at, PAGE);
      }
      return sum;
    }
  },
  /** All, a page at a time, in an order that nothing foresees. */
  RANDOM {
    @Override
    long answer(OpenBytes file, long size) throws IOException {
      long pages = size / PAGE;
      long mask = Long.highestOneBit(2 * pages - 1) - 1;
      long sum = 0;
      long page = 0;
      do {
        if (page < pages) {
          sum += file.sum(page * PAGE, PAGE);
        }
        // Takes every value up to the mask once: Hull and Dobell's conditions are met.
        page = (page * MULTIPLIER + STEP) & mask;
      } while (page != 0);
      return sum;
    }
  },
  /** All, in order, two times. */
  TWICE {
    @Override
    long answer(OpenBytes file, long size) throws IOException {
      return SEQUENTIAL.answer(file, size) + SEQUENTIAL.answer(file, size);
    }
  };

  private static final int PAGE = PageBytes.PAGE;
  private static final int LINE = 64;
  private static final long LARGEST_SECTION = 1 << 20;

  /** Knuth's, of MMIX; 1 modulo 4. */
  private static final long MULTIPLIER = 6364136223846793005L;

  private static final long STEP = 1442695040888963407L;

  /** The answer. */
  abstract long answer(OpenBytes file, long size) throws IOException;

  /** Why it is senseless for a file, if it is. */
  Optional<String> why(FileSize size) {
    long pages = size.bytes() / PAGE;
    return switch (this) {
      case HEADER, SECTION, SEQUENTIAL -> Optional.empty();
      case RANDOM_1_PERCENT ->
          pages >= 100
              ? Optional.empty()
              : Optional.of("1 %% of %d pages is none".formatted(pages));
      case RANDOM, TWICE -> pages > 1 ? Optional.empty() : Optional.of("the file is one page");
    };
  }

  private static long next(long draw) {
    return draw * MULTIPLIER + STEP;
  }
}
