/* SPDX-License-Identifier: MIT */
#include "task.h"

void
nn_task_free (nn_task *task)
{
  if (task)
    task->ops->free (task);
}
