#include <btf.h>
#include <stdlib.h>
#include <string.h>

#include "solver.h"

/* The coarse decomposition from a maximum matching: Pothen and Fan, ACM Trans. Math. Softw. 16 (1990) 303. */

typedef struct {
  int n;
  int *column, *row_index;       /* the caller's pattern: BTF reads it through pointers that are not const */
  int *row_start, *column_index; /* the same by rows */
  int *column_of, *row_of;       /* the matching, -1: alone */
  int *stack;
  int store[];
} structure;

static structure *structure_new(int n, const int32_t *column, const int32_t *row_index) {
  size_t size = (size_t)n;
  structure *s = calloc(1, sizeof *s + (4 * size + 1 + (size_t)column[n]) * sizeof(int));
  if (!s) return NULL;
  s->n = n;
  s->column = (int *)(uintptr_t)column;
  s->row_index = (int *)(uintptr_t)row_index;
  s->column_of = s->store;
  s->row_of = s->column_of + n;
  s->stack = s->row_of + n;
  s->row_start = s->stack + n;
  s->column_index = s->row_start + n + 1;
  return s;
}

/* Returns the number of matched columns, -1 when memory ran out. */
static int match(structure *s) {
  int *work = malloc(5 * ((size_t)s->n + 1) * sizeof *work), rank;
  double effort;
  if (!work) return -1;
  rank = btf_maxtrans(s->n, s->n, s->column, s->row_index, 0, &effort, s->column_of, work);
  free(work);
  for (int c = 0; c < s->n; c++) s->row_of[c] = -1;
  for (int r = 0; r < s->n; r++)
    if (s->column_of[r] >= 0) s->row_of[s->column_of[r]] = r;
  return rank;
}

static void transpose(structure *s) {
  for (int k = 0; k < s->column[s->n]; k++) s->row_start[s->row_index[k] + 1]++;
  for (int r = 0; r < s->n; r++) s->row_start[r + 1] += s->row_start[r];
  memcpy(s->stack, s->row_start, (size_t)s->n * sizeof(int));
  for (int c = 0; c < s->n; c++)
    for (int k = s->column[c]; k < s->column[c + 1]; k++) s->column_index[s->stack[s->row_index[k]]++] = c;
}

/* From every vertex of one side that has no partner along alternating paths: marks what is reached on both sides. */
static void reach(const structure *s, const int *start, const int *index, const int *partner, const int *partner_back,
                  tw_part part, tw_part *near, tw_part *far) {
  int top = 0;
  for (int i = 0; i < s->n; i++)
    if (partner[i] < 0) near[i] = part, s->stack[top++] = i;
  while (top) {
    int i = s->stack[--top];
    for (int k = start[i]; k < start[i + 1]; k++) {
      int j = index[k], next = partner_back[j];
      far[j] = part;
      if (next < 0 || near[next] == part) continue;
      near[next] = part;
      s->stack[top++] = next;
    }
  }
}

int tw_structure(int n, const int32_t *column, const int32_t *row_index, tw_part *row_part, tw_part *column_part) {
  structure *s = structure_new(n, column, row_index);
  int rank = s ? match(s) : -1;
  for (int i = 0; i < n; i++) row_part[i] = column_part[i] = TW_SQUARE;
  if (rank >= 0 && rank < n) {
    transpose(s);
    reach(s, s->column, s->row_index, s->row_of, s->column_of, TW_UNDER, column_part, row_part);
    reach(s, s->row_start, s->column_index, s->column_of, s->row_of, TW_OVER, row_part, column_part);
  }
  free(s);
  return rank;
}
