/* A registry of toy elements for tests of the reader: tables and expand only, no equations. */
#ifndef TW_READER_TYPES_H
#define TW_READER_TYPES_H
#include "../../components/component.h"

extern const tw_type *const toy_registry[];
#endif
