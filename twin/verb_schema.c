/* schema: the XSD for editors, written from the tables. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../racks/schema.h"
#include "output_internal.h"
#include "verbs.h"

static int write_file(const char *path) {
  char part[4096];
  if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part) return tw_output_failed(path, ENAMETOOLONG);
  FILE *out = fopen(part, "w");
  if (!out) return tw_output_failed(path, errno);
  tw_schema_write(out, TW_VERSION);
  int error = ferror(out) ? EIO : 0;
  if (fclose(out) && !error) error = errno;
  if (!error && rename(part, path)) error = errno;
  if (!error) return TW_EXIT_OK;
  remove(part);
  return tw_output_failed(path, error);
}

int tw_verb_schema(const tw_options *o) {
  if (o->out) return write_file(o->out);
  tw_schema_write(stdout, TW_VERSION);
  return TW_EXIT_OK;
}
