// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <protobuf-c/protobuf-c.h>
#if PROTOBUF_C_VERSION_NUMBER < 1004000
#error "protobuf-c 1.4 or later is needed (Debian 12: libprotobuf-c-dev)"
#endif
