package dynamofake

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

const schema = `{"TableName":"t","BillingMode":"PAY_PER_REQUEST",
 "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"s","AttributeType":"S"}],
 "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
 "GlobalSecondaryIndexes":[{"IndexName":"x","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}]}`

// call makes one request and answers its reply: the error's name, or the body.
func call(t *testing.T, f *Fake, operation, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://dynamodb.test", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"X-Amz-Target": {targetPrefix + operation}, "Content-Type": {contentType}, "Authorization": {"AWS4-HMAC-SHA256"}}
	reply, err := f.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	if reply.StatusCode == http.StatusOK {
		return string(text)
	}
	var refusal Refusal
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&refusal); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return refusal.Code[strings.LastIndexByte(refusal.Code, '#')+1:]
}

func made(t *testing.T) *Fake {
	t.Helper()
	f := New(Options{})
	if got := call(t, f, "CreateTable", schema); !strings.Contains(got, "ACTIVE") {
		t.Fatalf("CreateTable: %s", got)
	}
	return f
}

// What DynamoDB refuses, the fake must refuse: a store that relies on it would pass here and fail there.
func TestRefusals(t *testing.T) {
	const invalid, unread = "ValidationException", "SerializationException"
	put := func(rest string) string { return `{"TableName":"t","Item":{"id":{"S":"a"}}` + rest + `}` }
	condition := func(text, names, values string) string {
		return put(`,"ConditionExpression":"` + text + `","ExpressionAttributeNames":{` + names + `},"ExpressionAttributeValues":{` + values + `}`)
	}
	query := func(text, values string) string {
		return `{"TableName":"t","IndexName":"x","KeyConditionExpression":"` + text + `","ExpressionAttributeNames":{"#p":"p","#s":"s"},"ExpressionAttributeValues":{` + values + `}}`
	}
	const p, one, two = `":p":{"S":"p"}`, `":1":{"S":"1"}`, `":2":{"S":"2"}`
	for _, c := range []struct{ name, operation, body, want string }{
		{"an operation it does not know", "Scan", `{}`, "UnknownOperationException"},
		{"a member it does not know", "PutItem", put(`,"ReturnValues":"ALL_OLD"`), unread},
		{"a table that is not there", "GetItem", `{"TableName":"u","Key":{"id":{"S":"a"}}}`, "ResourceNotFoundException"},
		{"a table that is there", "CreateTable", schema, "ResourceInUseException"},
		{"an attribute defined in vain", "CreateTable", strings.Replace(schema, `{"AttributeName":"id",`, `{"AttributeName":"q","AttributeType":"S"},{"AttributeName":"id",`, 1), invalid},
		{"an empty key", "PutItem", `{"TableName":"t","Item":{"id":{"S":""}}}`, invalid},
		{"an empty index key", "PutItem", `{"TableName":"t","Item":{"id":{"S":"a"},"p":{"S":""}}}`, invalid},
		{"a key too long", "GetItem", `{"TableName":"t","Key":{"id":{"S":"` + strings.Repeat("x", 2049) + `"}}}`, invalid},
		{"a sort key too long", "PutItem", `{"TableName":"t","Item":{"id":{"S":"a"},"s":{"S":"` + strings.Repeat("x", 1025) + `"}}}`, invalid},
		{"an item too large", "PutItem", `{"TableName":"t","Item":{"id":{"S":"a"},"b":{"S":"` + strings.Repeat("x", 400<<10) + `"}}}`, invalid},
		{"a value of two types", "PutItem", `{"TableName":"t","Item":{"id":{"S":"a"},"v":{"S":"1","N":"1"}}}`, invalid},
		{"a number that is none", "PutItem", `{"TableName":"t","Item":{"id":{"S":"a"},"v":{"N":"one"}}}`, invalid},
		{"a bare name", "PutItem", condition("v = :v", ``, `":v":{"N":"1"}`), invalid},
		{"an undefined value", "PutItem", condition("#v = :v", `"#v":"v"`, ``), invalid},
		{"an unused value", "PutItem", condition("attribute_exists(#v)", `"#v":"v"`, `":v":{"N":"1"}`), invalid},
		{"half a condition", "PutItem", condition("#v = :v AND", `"#v":"v"`, `":v":{"N":"1"}`), invalid},
		{"a condition that does not hold", "PutItem", condition("#v = :v", `"#v":"v"`, `":v":{"N":"1"}`), "ConditionalCheckFailedException"},
		{"a query without a condition", "Query", `{"TableName":"t","IndexName":"x"}`, invalid},
		{"a query without a partition", "Query", query("#s = :1", one), invalid},
		{"a query of two partitions", "Query", query("#p = :p OR #p = :1", p+","+one), invalid},
		{"a range of partitions", "Query", query("#p < :p AND #s = :1", p+","+one), invalid},
		{"two conditions on the sort key", "Query", query("#p = :p AND #s > :1 AND #s < :2", p+","+one+","+two), invalid},
		{"bounds the wrong way", "Query", query("#p = :p AND #s BETWEEN :2 AND :1", p+","+one+","+two), invalid},
		{"an empty sort key", "Query", query("#p = :p AND #s < :1", p+`,":1":{"S":""}`), invalid},
		{"the same key twice", "BatchGetItem", `{"RequestItems":{"t":{"Keys":[{"id":{"S":"a"}},{"id":{"S":"a"}}]}}}`, invalid},
		{"101 keys", "BatchGetItem", `{"RequestItems":{"t":{"Keys":[` + strings.Repeat(`{"id":{"S":"a"}},`, 100) + `{"id":{"S":"b"}}]}}}`, invalid},
	} {
		if got := call(t, made(t), c.operation, c.body); got != c.want {
			t.Errorf("%s: %.200s, want %s", c.name, got, c.want)
		}
	}
}

func TestConditions(t *testing.T) {
	it := Item{}
	if err := json.Unmarshal([]byte(`{"n":{"N":"10"},"s":{"S":"b"}}`), &it); err != nil {
		t.Fatal(err)
	}
	values := Item{}
	if err := json.Unmarshal([]byte(`{":9":{"N":"9"},":10":{"N":"10.0"},":a":{"S":"a"},":c":{"S":"c"}}`), &values); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"#n > :9": true, "#n = :10": true, "#n >= :10 AND #n <= :10": true, "#n < :9": false, "#n = :a": false, "#no = :a": false, "NOT #no = :a": true,
		"attribute_exists(#n)": true, "attribute_not_exists(#no)": true, "attribute_not_exists(#n)": false,
		"#s BETWEEN :a AND :c": true, "#s BETWEEN :a AND :a": false,
		"#n = :9 OR #n = :10 AND #s < :c": true, "(#n = :9 OR #n = :10) AND #s < :a": false, "#n = :10 OR #n = :9 AND #s < :a": true,
	} {
		used := map[string]bool{}
		n, err := parse(text, used)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		s := scope{map[string]string{"#n": "n", "#s": "s", "#no": "no"}, values}
		if got := s.holds(n, it); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestQueryPagesThroughASparseIndex(t *testing.T) {
	f := made(t)
	for _, item := range []string{
		`"id":{"S":"1"},"p":{"S":"p"},"s":{"S":"b"},"more":{"S":"x"}`, `"id":{"S":"2"},"p":{"S":"p"},"s":{"S":"a"}`, `"id":{"S":"3"},"p":{"S":"p"}`,
		`"id":{"S":"4"},"p":{"S":"q"},"s":{"S":"a"}`, `"id":{"S":"5"},"p":{"S":"p"},"s":{"S":"c"}`,
	} {
		call(t, f, "PutItem", `{"TableName":"t","Item":{`+item+`}}`)
	}
	start, seen := "", ""
	for range 5 {
		var page QueryOutput
		reply := call(t, f, "Query", `{"TableName":"t","IndexName":"x","KeyConditionExpression":"#p = :p","ExpressionAttributeNames":{"#p":"p"},`+
			`"ExpressionAttributeValues":{":p":{"S":"p"}},"ScanIndexForward":false,"Limit":1`+start+`}`)
		if err := json.Unmarshal([]byte(reply), &page); err != nil {
			t.Fatal(err)
		}
		for _, it := range page.Items {
			if seen += it.Text("id"); len(it) != 3 {
				t.Errorf("the index holds %v", it)
			}
		}
		if page.LastEvaluatedKey == nil {
			break
		}
		key, err := json.Marshal(page.LastEvaluatedKey)
		if err != nil {
			t.Fatal(err)
		}
		start = `,"ExclusiveStartKey":` + string(key)
	}
	if seen != "512" {
		t.Errorf("read %s, want 512", seen)
	}
}
