package dev.calotype.examples.nativejar;

import dev.calotype.cache.NativeLibraryResource;
import dev.calotype.cache.Store;
import dev.calotype.cache.StoreConfig;
import dev.calotype.ji.Host;
import dev.calotype.load.LibraryHost;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Gives the answer, which only the native half knows. */
final class Answer {
  private Answer() {}

  private static native long answer();

  /** Takes a folder for the store: one for all of the user's programs. */
  @SuppressWarnings("restricted") // The launcher says --enable-native-access.
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    String natives = "natives/" + Host.current().target();
    try (InputStream digest = Answer.class.getResourceAsStream(natives + "/libanswer.sha256")) {
      if (digest == null) {
        throw new FileNotFoundException("no native half for " + Host.current().target());
      }
      NativeLibraryResource library =
          NativeLibraryResource.of(
              "libanswer.so",
              new String(digest.readAllBytes(), StandardCharsets.US_ASCII),
              () -> Answer.class.getResourceAsStream(natives + "/libanswer.so"));
      try (Store store = Store.open(StoreConfig.in(folder));
          var ensured = library.ensure(store, LibraryHost.current())) {
        switch (ensured) {
          case NativeLibraryResource.Ready ready -> {
            System.load(ready.path().toString());
            IO.println(answer());
          }
          case NativeLibraryResource.Unusable no -> IO.println(no.sentence());
        }
      }
    }
  }
}
