/**
 * Prints a Rust crate of any number of structs, each with an impl and a function, whose incremental
 * compilation makes a dependency graph of a chosen size:
 *
 * <pre>
 * java tools/RustCrate.java 3500 &gt; big.rs
 * rustc --crate-type=lib -C incremental=big big.rs
 * find big -name dep-graph.bin
 * </pre>
 *
 * <p>rustc 1.95 needs about 850 nodes and 6,400 edges for each, so 3,500 make 3 million nodes and
 * 22 million edges, in half a minute and 2 GB of memory. The same number gives the same text.
 */
final class RustCrate {
  private static final String ITEM =
      """

      #[derive(Clone, Debug, PartialEq)]
      pub struct S%1$d { pub a: u64, pub b: Vec<u32>, pub c: Option<String> }
      impl S%1$d {
          pub fn new(a: u64) -> Self { S%1$d { a, b: vec![a as u32; 3], c: Some(String::from("x")) } }
          pub fn sum(&self) -> u64 { self.b.iter().map(|x| *x as u64).sum::<u64>() + self.a }
      }
      pub fn f%1$d(x: u64) -> u64 { let s = S%1$d::new(x); s.sum() + S%2$d::new(x).a + %3$s }
      """;

  private RustCrate() {}

  public static void main(String[] arguments) {
    if (arguments.length != 1) {
      System.err.println("usage: java tools/RustCrate.java NUMBER");
      System.exit(64);
    }
    int count = Integer.parseInt(arguments[0]);
    StringBuilder crate = new StringBuilder("#![allow(dead_code)]\n");
    for (int i = 0; i < count; i++) {
      // The one before and one far away, so that a change reaches others, near and far.
      String call = i == 0 ? "1" : "f%d(x)".formatted(i - 1);
      crate.append(ITEM.formatted(i, i / 2, call));
    }
    System.out.print(crate);
  }
}
