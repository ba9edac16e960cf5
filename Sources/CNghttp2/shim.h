// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nghttp2/nghttp2.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if NGHTTP2_VERSION_NUM < 0x013400
#error "libnghttp2 1.52 or later is needed (Debian 12: libnghttp2-dev)"
#endif

// Not in Swift's Glibc module: gives memory that lies unused between blocks back to the system.
static inline void cnghttp2_malloc_trim(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}
