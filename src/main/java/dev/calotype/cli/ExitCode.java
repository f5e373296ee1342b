package dev.calotype.cli;

/** What the process exits with. The order is that of severity: the last one counts. */
enum ExitCode {
  /** Done, or fresh. */
  DONE(0),
  /** Stale or absent, or not found. */
  STALE(1),
  /** Foreign, unsupported or refused. */
  FOREIGN(3),
  /** Damaged. */
  DAMAGED(2),
  /** A file can't be read or written. */
  IO(74),
  /** Wrong usage. */
  USAGE(64),
  /** A bug in this program: {@code EX_SOFTWARE} of sysexits.h. */
  BUG(70);

  private final int status;

  ExitCode(int status) {
    this.status = status;
  }

  /** The number for the operating system. */
  int status() {
    return status;
  }

  /** The worse of the two. */
  ExitCode and(ExitCode other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
