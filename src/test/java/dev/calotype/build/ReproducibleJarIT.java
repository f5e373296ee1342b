package dev.calotype.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReproducibleJarIT {
  @Test
  void twoCleanBuildsInTwoFoldersMakeTheBytesOfTheJarUnderTest(@TempDir Path folder)
      throws Exception {
    String expected = ProjectCopy.sha256(ProjectCopy.JAR);
    for (String name : new String[] {"one", "another"}) {
      ProjectCopy project = ProjectCopy.into(folder.resolve(name));
      project.maven("clean", "package");
      assertThat(ProjectCopy.sha256(project.jar())).as(name).isEqualTo(expected);
    }
  }
}
