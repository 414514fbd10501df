package cloud

import "iter"

// any1 tells whether a list has anything in it.
func any1[T any](seq iter.Seq2[T, error]) (bool, error) {
	for _, err := range seq {
		return err == nil, err
	}
	return false, nil
}
