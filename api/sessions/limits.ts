/**
 * A session ends after 8 h without use, a shift: nobody is signed out in the middle of one, and a phone left behind
 * does not stay open until the next. At most 24 h in all, so that every day begins with who somebody is. A wall display
 * sees no patient's name and is touched by nobody; it is signed in again once a month.
 */
export const sessionLimits = { idleS: 8 * 3600, absoluteS: 24 * 3600, displayS: 30 * 24 * 3600 } as const;

/**
 * While the database is away, a session that was good this recently may still read, and its screens stay open: nobody could
 * sign in anew to see what is happening, and nobody can end a session while there is nowhere to write it down.
 */
export const outageReadMs = sessionLimits.idleS * 1_000;

/** A session is asked for in the database at most this often; ending one takes effect everywhere within it. */
export const freshMs = 2_000;

/** How often the sessions behind open sockets are asked for; ended ones are cut within 5 s. */
export const socketCheckMs = 2_000;
