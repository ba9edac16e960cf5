// SPDX-License-Identifier: Apache-2.0
// libxml2: the parser of web pages. Imported by DocumentText only.
#include <libxml/xmlversion.h>
// Debian's build knows ICU, whose headers clash with those of Foundation; nothing here uses it.
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/tree.h>

// xmlFree is a global variable, which Swift can't call safely.
static inline void clibxml2_free(void *memory) { xmlFree(memory); }
