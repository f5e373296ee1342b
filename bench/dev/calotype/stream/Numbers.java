package dev.calotype.stream;

import java.util.SplittableRandom;

/** Unsigned numbers as metadata has them, by how many bytes they take in LEB128. */
public enum Numbers {
  /** 55 % one byte, 25 % two, 12 % three, 5 % four, 3 % five, in an order that nobody predicts. */
  MIXED,
  /** All one byte, which every branch predictor knows. */
  SMALL,
  /** All five bytes. */
  LARGE;

  static final int COUNT = 1 << 20;

  int[] draw() {
    SplittableRandom random = new SplittableRandom(96358);
    int[] numbers = new int[COUNT];
    for (int i = 0; i < COUNT; i++) {
      int bytes = this == SMALL ? 1 : this == LARGE ? 5 : size(random.nextInt(100));
      long least = bytes == 1 ? 0 : 1L << (7 * (bytes - 1));
      numbers[i] = (int) random.nextLong(least, Math.min(1L << (7 * bytes), 1L << 32));
    }
    return numbers;
  }

  private static int size(int draw) {
    if (draw < 55) {
      return 1;
    }
    if (draw < 80) {
      return 2;
    }
    return draw < 92 ? 3 : draw < 97 ? 4 : 5;
  }
}
