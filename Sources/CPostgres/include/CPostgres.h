// libpq without being linked with it: what is called here is looked for in libpq.so.5 when it is first called. So a program
// with the fleet's engine in it runs where there is no libpq, as long as nobody asks for that engine.
#ifndef CPOSTGRES_H
#define CPOSTGRES_H

#include <stdbool.h>

#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif

/// Whether libpq is on this machine. Nothing else of it may be called where it is not.
bool CPostgresIsHere(void);

#endif
