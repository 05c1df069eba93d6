#include "json_text.h"
#include <math.h>
#include <string.h>
#include "csv.h"

void tw_json_string(FILE *out, const char *text) {
  if (!text) {
    fputs("null", out);
    return;
  }
  fputc('"', out);
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c < 0x20 || c == 0x7f || strchr("<>&'\"\\", c))
      fprintf(out, "\\u%04x", (unsigned)c);
    else
      fputc(c, out);
  }
  fputc('"', out);
}

void tw_json_number(FILE *out, double v) {
  char text[32];
  fputs(isfinite(v) && tw_number_format(v, 17, text) ? text : "null", out);
}

void tw_json_key(FILE *out, const char *key) {
  tw_json_string(out, key);
  fputc(':', out);
}
