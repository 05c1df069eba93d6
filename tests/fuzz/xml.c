#include "fuzz.h"
#include <stdio.h>
#include <stdlib.h>
#include "../../racks/description.h"
#include "../support/schema_verdict.h"

int tw_fuzz_xml(const uint8_t *data, size_t size) {
  static schema_verdict *schema;
  if (!schema && !(schema = schema_verdict_new())) abort();
  tw_diagnostics d = {0};
  char why[300];
  tw_description *m = tw_read(tw_fuzz_file("model.xml", data, size), NULL, &d);
  if (!m && !d.errors) abort(); /* refused without a reason */
  if (m && !schema_accepts(schema, (const char *)data, size, why, sizeof why)) {
    fprintf(stderr, "the schema refuses what the reader accepts: %s\n", why);
    abort();
  }
  tw_description_free(m);
  tw_diagnostics_free(&d);
  return 0;
}
