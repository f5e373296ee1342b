// The same work as Graph and NodeCursor, over the same mapped bytes, with nothing checked: blocks
// and tables as in docs/graph-format.md.
#include <stdint.h>
#include <string.h>

struct graph {
  const uint8_t *bytes;
  uint64_t root, limit;                           // the directory
  uint64_t table, buckets, homes, node_bits;      // the newest index table
};

struct key {
  uint64_t kind, high, low;
};

static inline uint64_t u64(const uint8_t *p) { uint64_t v; memcpy(&v, p, 8); return v; }
static inline uint32_t u32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }
static inline uint16_t u16(const uint8_t *p) { uint16_t v; memcpy(&v, p, 2); return v; }

static inline const uint8_t *block_of(const struct graph *g, uint64_t node) {
  uint64_t leaf = u64(g->bytes + g->root + 8 * (node >> 17));
  return g->bytes + u64(g->bytes + leaf + 64 + 8 * (node >> 8 & 511));
}

// The cell of a node, and its block; 0 if there is none.
static inline const uint8_t *cell_of(const struct graph *g, uint64_t node, const uint8_t **in) {
  const uint8_t *block = block_of(g, node);
  unsigned slot = node & 255;
  while (u16(block + 24) != 256) {
    uint64_t bits = u64(block + 64 + slot / 64 * 8);
    if (bits >> slot % 64 & 1) {
      unsigned ordinal = __builtin_popcountll(bits & ((1ull << slot % 64) - 1));
      for (unsigned i = 0; i < slot / 64; i++) ordinal += __builtin_popcountll(u64(block + 64 + 8 * i));
      slot = ordinal;
      break;
    }
    if (!u64(block + 16)) return 0;
    block = g->bytes + u64(block + 16);
  }
  *in = block;
  return block + 96 + 8 * slot;
}

static inline int has_key(const struct graph *g, uint64_t node, struct key k) {
  const uint8_t *b, *c = cell_of(g, node, &b);
  if (!c) return 0;
  unsigned key = c[5];
  if (u64(b + u32(b + 36) + 8 * key) != k.low) return 0;
  unsigned code = b[u32(b + 48) + key];
  return u64(b + 96 + 8 + 8 * u16(b + 24) + 8 * code) == k.high && u16(b + u32(b + 44) + 2 * c[4]) == k.kind;
}

static inline uint64_t find(const struct graph *g, struct key k) {
  uint64_t h = (k.high + k.kind * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
  h = (h ^ h >> 32 ^ k.low) * 0x94d049bb133111ebu;
  h = (h ^ h >> 29) * 0xbf58476d1ce4e5b9u;
  h ^= h >> 32;
  unsigned bits = g->node_bits;
  for (uint64_t b = (h >> 32) * g->homes >> 32; b < g->buckets; b++) {
    const uint8_t *at = g->bytes + g->table + 64 * b;
    if (bits <= 27) {
      uint32_t tag = (uint32_t)h << bits;
      for (int i = 0; i < 64; i += 4) {
        uint32_t slot = u32(at + i);
        if (slot == 0xffffffff) return -1;
        if ((slot ^ tag) >> bits == 0 && has_key(g, slot & ((1u << bits) - 1), k)) return slot & ((1u << bits) - 1);
      }
    } else {
      uint64_t tag = h << bits;
      for (int i = 0; i < 64; i += 8) {
        uint64_t slot = u64(at + i);
        if (slot == -1ull) return -1;
        if ((slot ^ tag) >> bits == 0 && has_key(g, slot & ((1ull << bits) - 1), k)) return slot & ((1ull << bits) - 1);
      }
    }
  }
  return -1;
}

// Each lookup's key is picked by what the one before found; or by nothing.
uint64_t find_dependent(const struct graph *g, const struct key *keys, uint64_t count) {
  uint64_t sum = 0, at = 0;
  for (uint64_t i = 0; i < count; i++) {
    uint64_t node = find(g, keys[at]);
    sum += node;
    at = i + 1 + (node >> 40);
  }
  return sum;
}

uint64_t find_overlapped(const struct graph *g, const struct key *keys, uint64_t count) {
  uint64_t sum = 0;
  for (uint64_t i = 0; i < count; i++) sum += find(g, keys[i]);
  return sum;
}

// The sum of all edges' targets.
uint64_t iterate(const struct graph *g, const struct key *unused, uint64_t count) {
  uint64_t sum = 0;
  (void)unused;
  for (uint64_t node = 0; node < count; node++) {
    const uint8_t *b, *c = cell_of(g, node, &b);
    if (!c) continue;
    uint64_t width = c[7], mask = (1ull << 8 * width) - 1;
    const uint8_t *at = b + u32(b + 52) + u32(c), *end = b + u32(b + 52) + u32(c + 8);
    for (; at < end; at += width) sum += u64(at) & mask;
  }
  return sum;
}
