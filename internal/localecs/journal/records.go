package journal

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"go.etcd.io/bbolt"
)

// The buckets of ecs.db, one kind of record each.
const (
	BucketClusters    = "clusters"    // by name
	BucketDefinitions = "definitions" // by family:revision
	BucketTasks       = "tasks"       // by id
	BucketTokens      = "tokens"      // by cluster and token
	BucketInstances   = "instances"   // by cluster/instance id
	BucketFolders     = "folders"     // by task id: tasks forgotten whose folder is still there
)

func buckets() []string {
	return []string{BucketClusters, BucketDefinitions, BucketTasks, BucketTokens, BucketInstances, BucketFolders}
}

// Definition is a revision of a family; the SDK's struct has no tags.
type Definition struct {
	types.TaskDefinition
	Tags []types.Tag
}

// TaskRecord is a task on disk. How to start it is not kept: after a restart it is stopped.
type TaskRecord struct {
	Task types.Task
	// Seq orders tasks by their creation.
	Seq uint64
	// Token is the key of the token that the task was launched with, empty for StartTask.
	Token string
	// Told is the version whose event was handed over; it is kept for the last event only.
	EventVersion int64 `json:"Told"`
}

// TokenRecord is what a client token stands for.
type TokenRecord struct {
	// Request is a hash of the call's parameters.
	Request  string
	Tasks    []string
	Failures []types.Failure
	Created  time.Time
}

// FolderRecord is a forgotten task's folder and when it goes.
type FolderRecord struct{ Due time.Time }

// Prepare creates the buckets that are not there.
func Prepare(db *bbolt.DB) error {
	return db.Update(func(tx *bbolt.Tx) error {
		for _, name := range buckets() {
			if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		return nil
	})
}

// EachRecord reads a bucket in the order of its names.
func EachRecord[T any](tx *bbolt.Tx, bucket string, f func(name string, v *T)) error {
	return tx.Bucket([]byte(bucket)).ForEach(func(name, data []byte) error {
		v := new(T)
		if err := json.Unmarshal(data, v); err != nil {
			return fmt.Errorf("read %s %s: %w", bucket, name, err)
		}
		f(string(name), v)
		return nil
	})
}
