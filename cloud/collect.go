package cloud

import "iter"

// nonEmpty tells whether a list has anything in it.
func nonEmpty[T any](seq iter.Seq2[T, error]) (bool, error) {
	for _, err := range seq {
		return err == nil, err
	}
	return false, nil
}

// single is the one thing of a list, nil when it is empty.
func single[T any](seq iter.Seq2[*T, error], resource, name string) (*T, error) {
	var found *T
	for item, err := range seq {
		if err != nil {
			return nil, err
		}
		if found != nil {
			return nil, refuse(ErrMultipleFound, "finding "+resource+" by name", resource, name, "several are called %q", name)
		}
		found = item
	}
	return found, nil
}

// named is the one thing of a list. An empty list is an error.
func named[T any](seq iter.Seq2[*T, error], resource, name string) (*T, error) {
	found, err := single(seq, resource, name)
	if err == nil && found == nil {
		err = refuse(ErrNotFound, "finding "+resource+" by name", resource, name, "no %s is called %q", resource, name)
	}
	return found, err
}

// configOf is the configuration of what is to be deployed.
func configOf(kind, name string, what Deployable) (Configuration, error) {
	if what == nil {
		return nil, refuse(ErrInvalidInput, "deploying "+kind+" "+name, kind, name, "nothing to deploy is given")
	}
	return what.ConnectorConfig()
}
