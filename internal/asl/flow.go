package asl

// effective is the state's input after InputPath.
func (st *state) effective(sc scope) (any, *fault) {
	return st.input.apply(sc)
}

// outcome places the result of a state in its raw input, and filters what is handed on.
func (st *state) outcome(sc scope, raw, result any) (document, *fault) {
	var f *fault
	if st.selector != nil {
		if result, f = st.selector.apply(scope{result, sc.context}); f != nil {
			return document{}, f
		}
	}
	if result, f = st.result.place(raw, result); f != nil {
		return document{}, f
	}
	return st.emit(sc, result)
}

// emit is what is left of value after OutputPath.
func (st *state) emit(sc scope, value any) (document, *fault) {
	value, f := st.output.apply(scope{value, sc.context})
	if f != nil {
		return document{}, f
	}
	return newDocument(value)
}

// apply selects; a null filter selects an empty object.
func (fl filter) apply(sc scope) (any, *fault) {
	if fl.null {
		return map[string]any{}, nil
	}
	if fl.path == nil {
		return sc.data, nil
	}
	value, ok := sc.get(*fl.path)
	if !ok {
		return nil, invalidPath(sc, *fl.path)
	}
	return value, nil
}

// place combines a result with the raw input as ResultPath says; a null filter drops the result.
func (fl filter) place(raw, result any) (any, *fault) {
	if fl.null {
		return raw, nil
	}
	if fl.path == nil {
		return result, nil
	}
	return fl.path.put(raw, result)
}
