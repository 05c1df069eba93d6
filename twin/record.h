/* What every record of a run begins with, so that its numbers can be made again: the program, its libraries, its inputs. */
#ifndef TW_RECORD_H
#define TW_RECORD_H
#include <cjson/cJSON.h>
#include "options.h"

cJSON *tw_record_new(const tw_options *o);                       /* program, libraries, verb; to be freed with cJSON_Delete */
void tw_record_words(cJSON *to, const char *key, const char *const *words, int n);
void tw_record_inputs(cJSON *to, const char *const *files, int n); /* each with its SHA-256 */
void tw_record_number(cJSON *to, const char *key, double v);      /* NaN and infinity: null */
void tw_record_text(cJSON *to, const char *key, const char *v);   /* NULL: null */
int tw_record_write(const cJSON *doc, const char *path);         /* 0, or an exit code after a message */
#endif
