package dev.calotype.split.object;

import dev.calotype.split.SectionChoice;
import java.util.Comparator;

/** A section under consideration. Its reason is empty as long as nothing speaks against moving. */
public final class Candidate {
  /**
   * The order in a data file: not that of the object, which compilers choose anew at each level of
   * optimisation.
   */
  public static final Comparator<Candidate> BY_NAME =
      Comparator.comparing(Candidate::name).thenComparingInt(Candidate::index);

  private final int index;
  private final String name;
  private final long size;
  private final boolean executable;
  private String reason = "";
  private boolean mayBeWanted;

  /** A section with bytes, by its index in the section table. */
  public Candidate(int index, String name, long size, boolean executable) {
    this.index = index;
    this.name = name;
    this.size = size;
    this.executable = executable;
  }

  /** Its index in the section table. */
  public int index() {
    return index;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Its size in bytes. */
  public long size() {
    return size;
  }

  /** Why it stays, as a clause; empty if it moves. */
  public String reason() {
    return reason;
  }

  /** Whether it moves, as far as is known. */
  public boolean moves() {
    return reason.isEmpty();
  }

  /** Says that it stays, unless a reason is known. */
  public void stays(String why) {
    if (reason.isEmpty()) {
      reason = why;
    }
  }

  /** Says that it stays unless it is asked for by name. */
  public void staysUnlessWanted(String why) {
    if (reason.isEmpty()) {
      reason = why;
      mayBeWanted = true;
    }
  }

  /** Someone asks for it by name: a reason that only matters for a default goes away. */
  void want() {
    if (mayBeWanted) {
      reason = "";
      mayBeWanted = false;
    }
  }

  /** How a report has it. */
  public SectionChoice choice() {
    return new SectionChoice(name, size, moves(), executable, reason);
  }
}
