package logs

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/quaywatch/quaywatch/internal/enginetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(enginetest.Main(m)) }
