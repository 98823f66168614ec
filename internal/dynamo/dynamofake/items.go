package dynamofake

// PutItemInput is a request.
type PutItemInput struct {
	TableName                           string
	Item                                Item
	ConditionExpression                 string
	ExpressionAttributeNames            map[string]string
	ExpressionAttributeValues           Item
	ReturnValuesOnConditionCheckFailure string
}

// PutOutput is the reply to a PutItem.
type PutOutput struct{}

// PutItem performs a request. Its error is a *Refusal.
func (f *Fake) PutItem(in *PutItemInput) (*PutOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, err := f.table(in.TableName)
	if err != nil {
		return nil, err
	}
	if err := t.checkItem(in.Item); err != nil {
		return nil, err
	}
	s := scope{in.ExpressionAttributeNames, in.ExpressionAttributeValues}
	condition, err := s.compile(in.ConditionExpression)
	if err != nil {
		return nil, err
	}
	key := in.Item.Text(t.key)
	if old := t.items[key]; !s.holds(condition, old) {
		refused := &Refusal{Code: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", Message: "The conditional request failed"}
		f.refused++
		hidden := f.options.NoOldItem != nil && f.options.NoOldItem(f.refused)
		if in.ReturnValuesOnConditionCheckFailure == "ALL_OLD" && !hidden {
			refused.Item = old
		}
		return nil, refused
	}
	t.set(key, in.Item)
	return &PutOutput{}, nil
}

// GetItemInput is a request.
type GetItemInput struct {
	TableName      string
	Key            Item
	ConsistentRead bool
}

// GetOutput is the reply to a GetItem.
type GetOutput struct {
	Item Item `json:",omitempty"`
}

// GetItem performs a request. Its error is a *Refusal.
func (f *Fake) GetItem(in *GetItemInput) (*GetOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, err := f.table(in.TableName)
	if err != nil {
		return nil, err
	}
	key, err := t.keyOf(in.Key)
	if err != nil {
		return nil, err
	}
	return &GetOutput{Item: t.items[key]}, nil
}

// Keys are what is read of one table.
type Keys struct {
	Keys           []Item
	ConsistentRead bool
}

// BatchGetItemInput is a request.
type BatchGetItemInput struct {
	RequestItems map[string]Keys
}

// BatchGetItemOutput is the reply to a BatchGetItem.
type BatchGetItemOutput struct {
	Responses       map[string][]Item
	UnprocessedKeys map[string]Keys
}

// BatchGetItem performs a request. Its error is a *Refusal.
func (f *Fake) BatchGetItem(in *BatchGetItemInput) (*BatchGetItemOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(in.RequestItems) != 1 {
		return nil, invalid("the fake reads one table at a time, not %d", len(in.RequestItems))
	}
	out := &BatchGetItemOutput{Responses: map[string][]Item{}, UnprocessedKeys: map[string]Keys{}}
	for name, asked := range in.RequestItems {
		t, err := f.table(name)
		if err != nil {
			return nil, err
		}
		rest, err := f.readKeys(t, asked, name, out)
		if err != nil {
			return nil, err
		}
		if len(rest) > 0 {
			out.UnprocessedKeys[name] = Keys{rest, asked.ConsistentRead}
		}
	}
	return out, nil
}

// readKeys reads until a limit is met and answers the keys that are left.
func (f *Fake) readKeys(t *table, asked Keys, name string, out *BatchGetItemOutput) ([]Item, error) {
	if len(asked.Keys) < 1 || len(asked.Keys) > 100 {
		return nil, invalid("Too many items requested for the BatchGetItem call: %d", len(asked.Keys))
	}
	seen := map[string]bool{}
	for _, k := range asked.Keys {
		key, err := t.keyOf(k)
		if err != nil {
			return nil, err
		}
		if seen[key] {
			return nil, invalid("Provided list of item keys contains duplicates")
		}
		seen[key] = true
	}
	size, items := 0, []Item{}
	for i, k := range asked.Keys {
		it, has := t.items[k.Text(t.key)]
		if size += it.Size(); size > maxBatch || f.options.MostKeys != 0 && i >= f.options.MostKeys {
			out.Responses[name] = items
			return asked.Keys[i:], nil
		}
		if has {
			items = append(items, it)
		}
	}
	out.Responses[name] = items
	return nil, nil
}
