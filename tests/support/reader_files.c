#include "reader_files.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/racktwin-reader-XXXXXX";

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)status;
  (void)kind;
  (void)place;
  return remove(path);
}

int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

int remove_folder(void **state) {
  (void)state;
  return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *in_folder(const char *name) {
  static char path[400];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

void make_subfolder(const char *name) { mkdir(in_folder(name), 0700); }

void write_text(const char *name, const char *text) {
  FILE *f = fopen(in_folder(name), "wb");
  assert_non_null(f);
  fputs(text, f);
  assert_int_equal(fclose(f), 0);
}

void write_model(const char *body) {
  FILE *f = fopen(in_folder("model.xml"), "wb");
  assert_non_null(f);
  fprintf(f, "<racktwin xmlns=\"urn:racktwin:1\" xmlns:xi=\"http://www.w3.org/2001/XInclude\" version=\"1\">\n");
  fprintf(f, "%s\n</racktwin>\n", body);
  assert_int_equal(fclose(f), 0);
}

tw_description *read_model(const char *body, const tw_read_options *options) {
  tw_diagnostics d = {0};
  write_model(body);
  tw_description *m = tw_read_types(toy_registry, in_folder("model.xml"), options, &d);
  if (d.n) {
    tw_diagnostics_print(&d, stderr, false);
    fail_msg("%d diagnostics", d.n);
  }
  tw_diagnostics_free(&d);
  assert_non_null(m);
  return m;
}
