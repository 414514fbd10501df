// Package cli is the command line of Airfield. [Run] is the whole program: it takes the world in which it runs and gives the code to exit
// with.
package cli
