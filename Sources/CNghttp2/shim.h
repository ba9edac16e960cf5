// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nghttp2/nghttp2.h>
#if NGHTTP2_VERSION_NUM < 0x013400
#error "libnghttp2 1.52 or later is needed (Debian 12: libnghttp2-dev)"
#endif
