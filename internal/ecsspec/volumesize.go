package ecsspec

import (
	"strconv"

	"davit/internal/jsontree"
)

const sizeLimit = "sizeInGiB of 1 to 16,384; io1 and io2 from 4, st1 and sc1 from 125, standard to 1,024"

// volumeSize bounds an EBS volume's size by its type; a type that is not known here has the widest bounds.
func volumeSize(volume jsontree.Node) []finding {
	size, given := volume.Get("sizeInGiB")
	gib, whole, fits := size.Int64()
	if !given || !whole || !fits {
		return nil
	}
	least, most := volumeBounds(member(volume, "volumeType"))
	if gib >= least && gib <= most {
		return nil
	}
	return []finding{{"/sizeInGiB", strconv.FormatInt(gib, 10) + " was given"}}
}

func volumeBounds(volumeType string) (least, most int64) {
	switch volumeType {
	case "io1", "io2":
		return 4, 16_384
	case "st1", "sc1":
		return 125, 16_384
	case "standard":
		return 1, 1024
	default:
		return 1, 16_384
	}
}
