/* What the tables of an element say, in words: shared by `doc`, the manual's pages and the man pages. */
#ifndef TW_DOC_H
#define TW_DOC_H
#include <stddef.h>
#include "../components/component.h"

/* The element of that name, or NULL after a message on stderr with the nearest one. */
const tw_type *tw_doc_element(const char *name);

const char *tw_doc_kind(tw_kind k); /* "DC", "coolant", "signal in" ... */
/* "1 mohm .. 100 ohm", "gpu, cpu or nic", "curve of W over m3/s, y within 0 W .. 1 MW", "a psu", "name of a medium" */
const char *tw_doc_range(const tw_param *p, char *buf, size_t size);
const char *tw_doc_unit(const tw_param *p);                                /* as a user writes it; "" where there is none */
const char *tw_doc_default(const tw_param *p);                             /* the default, "optional" or "required" */
const char *tw_doc_port(const tw_port *p, char *buf, size_t size);         /* what the roles say: "takes power; may stay open" */
const char *tw_doc_quantity(const tw_quantity *q, char *buf, size_t size); /* doc, and what it counts as */
const char *tw_doc_limit(const tw_limit *l, char *buf, size_t size);       /* "T <= T_max" */

/* Path of the element's example in the catalogue folder; "" when it does not fit into buf. */
/* A table of figures that other elements name and that does not stand alone (power-stage). */
bool tw_doc_named(const tw_type *t);
const char *tw_doc_example(const tw_type *t, char *buf, size_t size);
#endif
