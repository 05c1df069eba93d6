/* Models written to a folder of their own and read with the toy elements. */
#ifndef TW_READER_FILES_H
#define TW_READER_FILES_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../racks/reader.h"
#include "reader_types.h"

#define assert_close(got, expected, difference) assert_true(fabs((got) - (expected)) <= (difference))

int make_folder(void **state);
int remove_folder(void **state);
void make_subfolder(const char *name);
const char *in_folder(const char *name); /* full path; overwritten by the next call */
void write_text(const char *name, const char *text);

/* What stands between <racktwin ...> on line 1 and </racktwin>, as model.xml. */
void write_model(const char *body);
/* Reads it; any diagnostic fails the test. */
tw_description *read_model(const char *body, const tw_read_options *options);
#endif
