// Package exit says how the program ends: the exit codes, which error has which, and what to do about it. The codes are part of
// the program's contract and never change their meaning.
package exit
