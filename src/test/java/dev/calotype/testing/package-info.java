/** What tests share: real tools, real libraries, child processes, and how often to try. */
@NullMarked
package dev.calotype.testing;

import org.jspecify.annotations.NullMarked;
