#include "csv.h"
#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "alone.h"

struct tw_csv {
  FILE *file;
  char *path, *part;
  int digits, error;
  bool in_row, summed;     /* summed: tw_csv_save will be asked for */
  int64_t written, whole;  /* bytes; up to the end of the last whole row */
  uint64_t sum;            /* of what is written */
  locale_t c_locale;
  size_t pending;          /* bytes in the buffer that the file does not have yet */
  char buffer[1 << 16];
};

/* ---- numbers --------------------------------------------------------------------------------------------------------- */

static int write_integer(double value, char *buf) {
  char digits[20];
  int n = 0, length = 0;
  bool negative = value < 0.0;
  uint64_t v = (uint64_t)(negative ? -value : value);
  do digits[n++] = (char)('0' + v % 10);
  while ((v /= 10) > 0);
  if (negative) buf[length++] = '-';
  while (n > 0) buf[length++] = digits[--n];
  buf[length] = '\0';
  return length;
}

enum { MOST_DIGITS = 15, MOST_POWER = 26 }; /* up to 10^27 = 2^27 5^27 a power of ten is exact in 64 bits of mantissa */

/* value * 10^power, one rounding. */
static long double scaled(double value, int power) {
  static const long double tens[MOST_POWER + 1] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,
                                                   1e9L,  1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L,
                                                   1e18L, 1e19L, 1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L};
  return power < 0 ? (long double)value / tens[-power] : (long double)value * tens[power];
}

/* The digits of |value| rounded to so many places as an integer, and the power of ten of the first one. False where this is not
 * certain: next to a tie, for very large or small values, and where long double is no wider than double. */
static bool decimal_digits(double value, int digits, uint64_t *integer, int *exponent) {
  if (LDBL_MANT_DIG < 64 || digits > MOST_DIGITS || !(value > 0.0) || !isfinite(value)) return false;
  static const uint64_t tens[MOST_DIGITS] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
                                             10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000};
  uint64_t least = tens[digits - 1];
  int first = (int)floor(0.30102999566398120 * ilogb(value)); /* log10 of the power of two below: this power of ten or the next */
  if (digits - 1 - first > MOST_POWER || first - digits + 2 > MOST_POWER) return false;
  long double x = scaled(value, digits - 1 - first);
  if (x >= 10.0L * (long double)least) x = scaled(value, digits - 1 - ++first);
  uint64_t whole = (uint64_t)x;
  long double rest = x - (long double)whole;
  static const long double tie = 0.5L, unsure = 1e-3L; /* x < 10^15 is off by less than 1e-4 */
  if (rest > tie - unsure && rest < tie + unsure) return false;
  whole += rest > tie;
  if (whole >= 10 * least) return false;
  *integer = whole;
  *exponent = first;
  return whole >= least;
}

/* "e-07": two digits at least. */
static int write_exponent(int exponent, char *buf) {
  int size = exponent < 0 ? -exponent : exponent;
  buf[0] = 'e';
  buf[1] = exponent < 0 ? '-' : '+';
  if (size < 10) buf[2] = '0';
  return size < 10 ? 3 + write_integer(size, buf + 3) : 2 + write_integer(size, buf + 2);
}

/* What "%.*g" writes, without its way through long integers. 0 where decimal_digits gives no answer. */
static int write_decimal(double value, int digits, char *buf) {
  uint64_t integer;
  int exponent, length = 0, asked = digits;
  char digit[MOST_DIGITS];
  if (!decimal_digits(fabs(value), digits, &integer, &exponent)) return 0;
  for (int k = digits - 1; k >= 0; k--, integer /= 10) digit[k] = (char)('0' + integer % 10);
  while (digits > 1 && digit[digits - 1] == '0') digits--;
  if (value < 0.0) buf[length++] = '-';
  if (exponent < -4 || exponent >= asked) {
    for (int k = 0; k < digits; k++) {
      if (k == 1) buf[length++] = '.';
      buf[length++] = digit[k];
    }
    return length + write_exponent(exponent, buf + length);
  }
  if (exponent < 0) {
    buf[length++] = '0';
    buf[length++] = '.';
    for (int k = -1; k > exponent; k--) buf[length++] = '0';
  }
  for (int k = 0; k < digits || k <= exponent; k++) {
    if (k > 0 && k == exponent + 1) buf[length++] = '.';
    buf[length++] = k < digits ? digit[k] : '0';
  }
  buf[length] = '\0';
  return length;
}

/* In the C locale. A decimal of up to 15 digits survives the way through a double (IEEE 754: DBL_DIG), and %g drops trailing
 * zeros; so whatever reads back with 15 digits has no shorter form, and at most 16 and 17 are left to try. */
static int write_real(double value, int digits, char *buf) {
  int length = 0;
  for (int precision = digits < 15 ? digits : 15; precision <= digits; precision++) {
    length = write_decimal(value, precision, buf);
    if (!length) length = snprintf(buf, 32, "%.*g", precision, value);
    if (precision == digits) break;
    double back = strtod(buf, NULL);
    if (!(back < value) && !(back > value)) break;
  }
  return length;
}

static int format_number(double value, int digits, char *buf) {
  buf[0] = '\0';
  if (isnan(value)) return 0;
  bool whole = fabs(value) < (digits < 15 ? 1e9 : 1e15) && !(fabs(value - trunc(value)) > 0.0);
  return whole ? write_integer(value, buf) : write_real(value, digits, buf);
}

int tw_number_format(double value, int digits, char *buf) {
  locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0), old = c ? uselocale(c) : (locale_t)0;
  int length = format_number(value, digits, buf);
  if (!c) return length;
  uselocale(old);
  freelocale(c);
  return length;
}

/* ---- bytes ----------------------------------------------------------------------------------------------------------- */

static int drain(tw_csv *c) {
  errno = 0;
  if (!c->error && c->pending && fwrite(c->buffer, 1, c->pending, c->file) != c->pending) c->error = errno ? errno : EIO;
  c->pending = 0;
  return c->error;
}

/* FNV-1a of 64 bits (Fowler, Noll, Vo): finds what is changed by accident. */
static const uint64_t empty_sum = 14695981039346656037u;

static uint64_t sum_of(uint64_t sum, const char *bytes, size_t n) {
  for (size_t k = 0; k < n; k++) sum = (sum ^ (unsigned char)bytes[k]) * 1099511628211u;
  return sum;
}

/* The next n bytes of the buffer have been filled. */
static void filled(tw_csv *c, size_t n) {
  if (c->summed) c->sum = sum_of(c->sum, c->buffer + c->pending, n);
  c->pending += n;
  c->written += (int64_t)n;
  if (c->pending == sizeof c->buffer) drain(c);
}

static int put(tw_csv *c, const char *bytes, size_t n) {
  while (n > 0 && !c->error) {
    size_t room = sizeof c->buffer - c->pending, part = n < room ? n : room;
    memcpy(c->buffer + c->pending, bytes, part);
    filled(c, part);
    bytes += part;
    n -= part;
  }
  return c->error;
}

static void put_byte(tw_csv *c, char byte) {
  if (c->error) return;
  c->buffer[c->pending] = byte; /* there is always room for one */
  filled(c, 1);
}

static void begin_field(tw_csv *c) {
  if (c->in_row) put_byte(c, ',');
  c->in_row = true;
}

/* Neither the end of a text nor what has to be quoted. */
static bool is_plain(char c) { return c > ',' || (c != '\0' && c != ',' && c != '"' && c != '\r' && c != '\n'); }

/* A text that needs no quotes and fits into the buffer, in one pass; false: nothing is done. */
static bool put_plain(tw_csv *c, const char *text) {
  char *to = c->buffer + c->pending;
  size_t room = sizeof c->buffer - c->pending, n = 0;
  if (c->error || *text == ' ') return false;
  while (n < room && is_plain(text[n])) to[n] = text[n], n++;
  if (n == room || text[n] || (n && text[n - 1] == ' ')) return false;
  filled(c, n);
  return true;
}

/* The text of a field, made of pieces. Quoted if it holds a comma, a quote, a line end, or spaces at its ends that readers might cut. */
static int put_field(tw_csv *c, const char *const *piece, int n) {
  bool quote = false;
  for (int i = 0; i < n; i++) {
    size_t length = strlen(piece[i]);
    bool edge = (i == 0 && piece[i][0] == ' ') || (i == n - 1 && length && piece[i][length - 1] == ' ');
    quote = quote || edge || piece[i][strcspn(piece[i], ",\"\r\n")];
  }
  if (quote) put(c, "\"", 1);
  for (int i = 0; i < n; i++)
    for (const char *s = piece[i]; *s;) {
      size_t length = quote ? strcspn(s, "\"") : strlen(s);
      put(c, s, length);
      if (s[length] == '"') put(c, "\"\"", 2), length++;
      s += length;
    }
  if (quote) put(c, "\"", 1);
  return c->error;
}

/* ---- public ---------------------------------------------------------------------------------------------------------- */

static void release(tw_csv *c) {
  if (c->c_locale) freelocale(c->c_locale);
  free(c->path);
  free(c->part);
  free(c);
}

static tw_csv *begin(int digits) {
  tw_csv *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->digits = digits < 9 ? 9 : digits > 17 ? 17 : digits;
  c->sum = empty_sum;
  c->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  return c;
}

tw_csv *tw_csv_on(FILE *stream, int digits) {
  tw_csv *c = begin(digits);
  if (c && c->c_locale) {
    c->file = stream;
    return c;
  }
  if (c) release(c);
  return NULL;
}

/* With its names, and no file yet. */
static tw_csv *begin_named(const char *path, int digits) {
  tw_csv *c = begin(digits);
  if (!c) return NULL;
  size_t n = strlen(path);
  c->path = malloc(n + 1);
  c->part = malloc(n + sizeof ".part");
  if (!c->path || !c->part || !c->c_locale) {
    release(c);
    errno = ENOMEM;
    return NULL;
  }
  memcpy(c->path, path, n + 1);
  memcpy(c->part, path, n);
  memcpy(c->part + n, ".part", sizeof ".part");
  return c;
}

tw_csv *tw_csv_open(const char *path, int digits) {
  tw_csv *c = begin_named(path, digits);
  if (!c) return NULL;
  c->file = tw_make_alone(c->part);
  if (c->file) {
    setvbuf(c->file, NULL, _IONBF, 0); /* the buffer is here */
    return c;
  }
  int error = errno;
  release(c);
  errno = error;
  return NULL;
}

/* Are the first bytes of the file those of the mark? The stream then stands behind them. */
static bool agrees(tw_csv *c, const tw_csv_mark *mark) {
  for (int64_t left = mark->bytes; left > 0;) {
    size_t want = left < (int64_t)sizeof c->buffer ? (size_t)left : sizeof c->buffer, n = fread(c->buffer, 1, want, c->file);
    if (n != want) return false;
    c->sum = sum_of(c->sum, c->buffer, n);
    left -= (int64_t)n;
  }
  c->written = c->whole = mark->bytes;
  c->summed = true;
  return c->sum == mark->sum;
}

tw_csv *tw_csv_resume(const char *path, int digits, const tw_csv_mark *mark, const char **why) {
  tw_csv *c = begin_named(path, digits);
  if (!c) {
    *why = strerror(ENOMEM);
    return NULL;
  }
  *why = NULL;
  bool finished = access(c->part, F_OK) && !access(path, F_OK);
  c->file = tw_open_alone(finished ? path : c->part);
  if (!c->file) *why = errno == EBUSY ? "another run is writing it" : strerror(errno);
  else if (setvbuf(c->file, NULL, _IONBF, 0) || !agrees(c, mark)) *why = "it is shorter than it was, or has been changed";
  else if (ftruncate(fileno(c->file), (off_t)mark->bytes) || fseeko(c->file, (off_t)mark->bytes, SEEK_SET))
    *why = strerror(errno);
  else if (finished && rename(path, c->part)) *why = strerror(errno);
  if (!*why) return c;
  if (c->file) fclose(c->file);
  release(c);
  return NULL;
}

int tw_csv_text(tw_csv *c, const char *text) {
  begin_field(c);
  return put_plain(c, text) ? c->error : put_field(c, &text, 1);
}

int tw_csv_series(tw_csv *c, const char *name, const char *unit) {
  const char *piece[] = {name, " [", unit, "]"};
  begin_field(c);
  return put_field(c, piece, unit && *unit ? 4 : 1);
}

int tw_csv_number(tw_csv *c, double value) {
  char text[32];
  locale_t old = uselocale(c->c_locale);
  int n = format_number(value, c->digits, text);
  uselocale(old);
  begin_field(c);
  return put(c, text, (size_t)n);
}

int tw_csv_end(tw_csv *c) {
  c->in_row = false;
  put_byte(c, '\n');
  if (!c->error) c->whole = c->written;
  return c->error;
}

int tw_csv_flush(tw_csv *c) {
  drain(c);
  errno = 0;
  if (!c->error && fflush(c->file) != 0) c->error = errno ? errno : EIO;
  return c->error;
}

void tw_csv_will_save(tw_csv *c) { c->summed = true; }

int tw_csv_save(tw_csv *c, tw_csv_mark *mark) {
  if (!c->summed && !c->error) c->error = EINVAL;
  tw_csv_flush(c);
  errno = 0;
  if (!c->error && fsync(fileno(c->file))) c->error = errno ? errno : EIO;
  *mark = (tw_csv_mark){c->written, c->sum};
  return c->error;
}

/* Closes the stream; its error is the last that writing can have. */
static int close_file(tw_csv *c) {
  drain(c);
  errno = 0;
  if (fclose(c->file) != 0 && !c->error) c->error = errno ? errno : EIO;
  c->file = NULL;
  return c->error;
}

int tw_csv_close(tw_csv *c) {
  if (!c) return 0;
  if (!c->path) tw_csv_flush(c);
  else if (!close_file(c) && rename(c->part, c->path) != 0) c->error = errno;
  int error = c->error;
  release(c);
  return error;
}

void tw_csv_leave(tw_csv *c) {
  if (!c) return;
  close_file(c);
  release(c);
}

int tw_csv_abort(tw_csv *c, bool keep) {
  if (!c) return 0;
  if (keep) {
    tw_csv_flush(c);
    if (!c->error && ftruncate(fileno(c->file), (off_t)c->whole) != 0) c->error = errno;
    return tw_csv_close(c);
  }
  close_file(c);
  int error = unlink(c->part) != 0 ? errno : 0;
  release(c);
  return error;
}
