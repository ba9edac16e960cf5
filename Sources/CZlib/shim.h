// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <zlib.h>

// deflateInit2 and inflateInit2 are macros, which Swift does not see.
// 15 + 16: the largest window, with a gzip header and trailer.
static inline int czlib_gzip_init(z_streamp stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
static inline int czlib_gunzip_init(z_streamp stream) { return inflateInit2(stream, 15 + 16); }
