package placement

import "testing"

func TestFargateSizes(t *testing.T) {
	for cpu, memories := range map[int]map[int]bool{
		128:    {512: false},
		256:    {511: false, 512: true, 1024: true, 1536: false, 2048: true, 3072: false},
		512:    {512: false, 1024: true, 4096: true, 5120: false},
		1024:   {1024: false, 2048: true, 2560: false, 8192: true, 9216: false},
		2048:   {3072: false, 4096: true, 16_384: true, 17_408: false},
		4096:   {7168: false, 8192: true, 30_720: true, 31_744: false},
		8192:   {12_288: false, 16_384: true, 17_408: false, 61_440: true, 65_536: false},
		16_384: {24_576: false, 32_768: true, 36_864: false, 122_880: true, 131_072: false},
		32_768: {32_768: false, 61_440: true, 92_160: false, 122_880: true, 184_320: false, 249_856: true},
	} {
		for memory, want := range memories {
			if got := IsFargateSize(cpu, memory); got != want {
				t.Errorf("%d CPU, %d memory: %v", cpu, memory, got)
			}
		}
	}
}
