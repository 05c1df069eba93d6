#include <errno.h>
#include "manual.h"
#include "output_internal.h"

int tw_manual_open(tw_manual_file *f, const char *folder, const char *name) {
  snprintf(f->path, sizeof f->path, "%.4000s/%s", folder, name);
  snprintf(f->part, sizeof f->part, "%s.part", f->path);
  f->out = fopen(f->part, "w");
  return f->out ? 0 : tw_output_failed(f->path, errno);
}

int tw_manual_close(tw_manual_file *f) {
  int error = ferror(f->out) ? EIO : 0;
  if (fclose(f->out) && !error) error = errno;
  if (!error && rename(f->part, f->path)) error = errno;
  return error ? tw_output_failed(f->path, error) : 0;
}
