// Compiled into its user: there is nothing to link.
#if !__has_include(<xxhash.h>)
#error "xxhash.h is missing: apt-get install libxxhash-dev"
#endif
#define XXH_INLINE_ALL
#include <xxhash.h>

static inline XXH128_hash_t xxh3_128(const void *bytes, size_t count, const void *secret, size_t secretCount) {
    return XXH3_128bits_withSecret(bytes, count, secret, secretCount);
}
