package placement

import "davit/internal/localecs/ecserror"

// fargateSize is the memory, in MiB, that Fargate has for an amount of CPU units: from least to most in steps.
type fargateSize struct{ cpu, least, most, step int }

func fargateSizes() []fargateSize {
	return []fargateSize{
		{256, 512, 512, 512}, {256, 1024, 2048, 1024},
		{512, 1024, 4096, 1024},
		{1024, 2048, 8192, 1024},
		{2048, 4096, 16_384, 1024},
		{4096, 8192, 30_720, 1024},
		{8192, 16_384, 61_440, 4096},
		{16_384, 32_768, 122_880, 8192},
		{32_768, 61_440, 122_880, 61_440}, {32_768, 249_856, 249_856, 1024},
	}
}

// IsFargateSize reports whether Fargate has tasks of that size.
func IsFargateSize(cpu, memory int) bool {
	for _, s := range fargateSizes() {
		if s.cpu == cpu && memory >= s.least && memory <= s.most && (memory-s.least)%s.step == 0 {
			return true
		}
	}
	return false
}

// NoFargateSize returns ECS's error for a size that Fargate does not have.
func NoFargateSize(cpu, memory int) error {
	return ecserror.Client("No Fargate configuration exists for given values: %d CPU, %d memory. See the Amazon ECS documentation for the valid values.", cpu, memory)
}
