package dev.calotype.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Besides, LauncherIT compares the jar that the launcher builds. */
final class ReproducibleJarIT {
  @Test
  void aBuildInAnotherFolderAndTimeZoneMakesTheBytesOfTheJarUnderTest(@TempDir Path folder)
      throws Exception {
    ProjectCopy project = ProjectCopy.into(folder.resolve("another"));
    Map<String, String> environment = new TreeMap<>(ProjectCopy.jdk());
    environment.put("TZ", "Pacific/Kiritimati");
    environment.put("LC_ALL", "C.UTF-8");
    project.maven(environment, "package");
    assertThat(ProjectCopy.sha256(project.jar())).isEqualTo(ProjectCopy.sha256(ProjectCopy.JAR));
  }
}
