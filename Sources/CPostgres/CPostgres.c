#include "CPostgres.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static void *library(void) {
    static _Atomic(void *) handle;
    void *known = atomic_load(&handle);
    if (known == NULL) {
        // Whoever comes at the same time gets the same handle.
        known = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
        atomic_store(&handle, known);
    }
    return known;
}

bool CPostgresIsHere(void) { return library() != NULL; }

static void *function(const char *name) {
    void *found = library() == NULL ? NULL : dlsym(library(), name);
    if (found == NULL) {
        fprintf(stderr, "libpq.so.5 has no %s, or is not here\n", name);
        abort();
    }
    return found;
}

#define FORWARD(RESULT, NAME, PARAMETERS, ARGUMENTS)                    \
    RESULT NAME PARAMETERS {                                            \
        static _Atomic(__typeof__(&NAME)) known;                        \
        __typeof__(&NAME) real = atomic_load(&known);                   \
        if (real == NULL) {                                             \
            real = (__typeof__(&NAME))function(#NAME);                  \
            atomic_store(&known, real);                                 \
        }                                                               \
        return real ARGUMENTS;                                          \
    }

FORWARD(int, PQlibVersion, (void), ())
FORWARD(PQconninfoOption *, PQconninfoParse, (const char *text, char **fault), (text, fault))
FORWARD(void, PQconninfoFree, (PQconninfoOption * options), (options))

FORWARD(PGconn *, PQconnectdb, (const char *text), (text))
FORWARD(
    PGconn *, PQconnectdbParams, (const char *const *keys, const char *const *values, int expand),
    (keys, values, expand))
FORWARD(void, PQfinish, (PGconn * connection), (connection))
FORWARD(ConnStatusType, PQstatus, (const PGconn *connection), (connection))
FORWARD(char *, PQerrorMessage, (const PGconn *connection), (connection))
FORWARD(
    PQnoticeProcessor, PQsetNoticeProcessor, (PGconn * connection, PQnoticeProcessor processor, void *argument),
    (connection, processor, argument))

FORWARD(PGresult *, PQexec, (PGconn * connection, const char *sql), (connection, sql))
FORWARD(
    PGresult *, PQprepare, (PGconn * connection, const char *name, const char *sql, int count, const Oid *types),
    (connection, name, sql, count, types))
FORWARD(
    PGresult *, PQexecPrepared,
    (PGconn * connection, const char *name, int count, const char *const *values, const int *lengths,
     const int *formats, int format),
    (connection, name, count, values, lengths, formats, format))
FORWARD(int, PQputCopyData, (PGconn * connection, const char *bytes, int count), (connection, bytes, count))
FORWARD(int, PQputCopyEnd, (PGconn * connection, const char *fault), (connection, fault))
FORWARD(PGresult *, PQgetResult, (PGconn * connection), (connection))

FORWARD(ExecStatusType, PQresultStatus, (const PGresult *result), (result))
FORWARD(char *, PQresultErrorField, (const PGresult *result, int field), (result, field))
FORWARD(int, PQntuples, (const PGresult *result), (result))
FORWARD(int, PQnfields, (const PGresult *result), (result))
FORWARD(char *, PQfname, (const PGresult *result, int column), (result, column))
FORWARD(int, PQfnumber, (const PGresult *result, const char *name), (result, name))
FORWARD(int, PQgetisnull, (const PGresult *result, int row, int column), (result, row, column))
FORWARD(char *, PQgetvalue, (const PGresult *result, int row, int column), (result, row, column))
FORWARD(void, PQclear, (PGresult * result), (result))
