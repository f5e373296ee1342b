package dev.calotype.cache;

import java.time.Instant;

/**
 * What is known of an entry without its members: see {@link EntryWalk}.
 *
 * @param place where it is
 * @param manifest what is in it
 * @param size how many bytes its files have, the manifest included
 * @param created when it was published or changed last, as the file system says
 */
record EntryFacts(Place place, Manifest manifest, long size, Instant created) {}
