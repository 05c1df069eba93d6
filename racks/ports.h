/* Ports of entities as a user names them: those of a component's table, and those that an assembly declares. */
#ifndef TW_PORTS_H
#define TW_PORTS_H
#include "reader.h"

/* Number of a port for entity-level use: table index of a component, or the k-th <port> of an assembly. */
typedef struct { int entity, port; } tw_outer;

int tw_outer_named(const tw_model *m, int entity, const char *name);              /* -1: none */
/* Ports whose role has `role`, in order; at most `room` are written; returns their number. */
int tw_outer_with_role(tw_reader *r, int entity, unsigned role, int *ports, int room);
/* The component port behind it (index: of an array, 0 for the next free). False after an error, or behind a broken one. */
bool tw_outer_resolve(tw_reader *r, int entity, int port, int index, tw_where at, tw_side *side);
/* Number of the port of an assembly that leads to a component's port, -1: none. */
int tw_outer_leading_to(tw_reader *r, int assembly, const tw_side *inner);
/* Ports that must be connected and are not; told together. */
void tw_open_add(tw_reader *r, tw_side side);
void tw_open_tell(tw_reader *r);
/* Links the inner ends of each <port> of an assembly with one another. */
void tw_outer_join(tw_reader *r, int assembly);
/* Names of all ports, for messages. */
tw_list tw_outer_names(tw_reader *r, int entity);
const char *tw_kind_text(tw_kind kind);
bool tw_kinds_join(tw_kind a, tw_kind b);
const tw_port *tw_port_of(const tw_model *m, const tw_side *s);
const char *tw_side_text(tw_reader *r, const tw_side *s); /* "tray[3].vrm.in" */
#endif
