package dev.calotype.cache;

/**
 * A miss as the log has it.
 *
 * @param time when, in milliseconds of the epoch
 * @param reason its {@link Miss.Reason#id}
 * @param key the key's encoding
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record LoggedMiss(long time, String reason, byte[] key) {}
